package evidence

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// shortestSecret is the length from which a known secret is looked for in texts; a shorter one would spoil them.
const shortestSecret = 6

// Know makes a secret of the run disappear from everything that is redacted from now on, also where it is escaped for
// a URL, JSON or HTML, or stands in base64 or within what is encoded so. Secrets of less than 6 characters are found by
// their names only. Of a JWT the signature is the secret.
func (r *Redactor) Know(kind Kind, secret string) {
	if signature, ok := signatureOf(secret); ok {
		kind, secret = Signature, signature
	}
	if strings.Contains(secret, "PRIVATE KEY") {
		for line := range strings.Lines(secret) { // as what prints it may wrap it otherwise, or drop its end
			if line = strings.TrimSpace(line); len(line) >= 40 && !strings.Contains(line, " ") {
				r.Know(Key, line)
			}
		}
		kind = Key
	}
	if len(secret) < shortestSecret {
		return
	}
	token := r.token(kind, secret)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens[secret] != "" && !r.words[secret] {
		return
	}
	r.tokens[secret] = token
	delete(r.words, secret)
	for _, text := range spellings(secret) {
		r.known.add(spelling{text: text, kind: kind, token: token})
	}
}

// knowWord makes a short secret disappear where it stands by itself: within other words it is left, and in base64, where
// so few characters are part of anything.
func (r *Redactor) knowWord(kind Kind, secret string) {
	token := r.token(kind, secret)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens[secret] != "" {
		return
	}
	r.tokens[secret], r.words[secret] = token, true
	for _, text := range written(secret) {
		r.known.add(spelling{text: text, kind: kind, token: token, word: true})
	}
}

// written are the ways in which a secret is written in a URL, JSON or HTML.
func written(secret string) []string {
	query := url.QueryEscape(secret)
	all := []string{
		secret, query, url.PathEscape(secret), url.QueryEscape(query), lowerEscapes(query),
		html.EscapeString(secret), inJSON(secret, true), inJSON(secret, false),
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// spellings are the ways in which a secret is written, base64 included.
func spellings(secret string) []string {
	raw := []byte(secret)
	all := append(written(secret),
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw))
	for before := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, within(encoding, before, raw), within(encoding, before, []byte(inJSON(secret, false))))
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(text string) bool { return len(text) < shortestSecret })
}

// within is what a secret looks like in the base64 of a longer text, behind so many bytes (modulo 3): what does not also
// depend on its neighbours.
func within(encoding *base64.Encoding, before int, secret []byte) string {
	text := encoding.EncodeToString(append(make([]byte, before), secret...))
	first := []int{0, 2, 3}[before]
	last := len(text)
	if (before+len(secret))%3 != 0 {
		last--
	}
	return text[min(first, last):last]
}

var escape = regexp.MustCompile(`%[0-9A-F]{2}`)

func lowerEscapes(text string) string { return escape.ReplaceAllStringFunc(text, strings.ToLower) }

// inJSON is the secret as it stands within a JSON string.
func inJSON(secret string, escapeHTML bool) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(escapeHTML)
	_ = e.Encode(secret) // a string always encodes
	return strings.TrimSuffix(strings.TrimPrefix(out.String(), `"`), "\"\n")
}

// spelling is one way in which a secret is written.
type spelling struct {
	text  string
	kind  Kind
	token string
	word  bool // only where neither a letter nor a digit is beside it
}

// index finds thousands of known spellings in one pass over a text, and takes a new one at any time: by their first six
// bytes, behind a sieve of those that none begins with. strings.Replacer would have to be made anew for each.
type index struct {
	begin map[uint64][]spelling // by the first bytes, the longest spelling first
	sieve []uint64              // one bit for each hash of first bytes
}

const (
	sieveBits = 20
	beginMask = 1<<(8*shortestSecret) - 1
)

// sieved is the place of first bytes in the sieve, by Fibonacci hashing.
func sieved(begin uint64) (word, bit uint64) {
	hash := begin * 0x9E3779B97F4A7C15 >> (64 - sieveBits)
	return hash / 64, 1 << (hash % 64)
}

func (x *index) add(s spelling) {
	if x.begin == nil {
		x.begin, x.sieve = map[uint64][]spelling{}, make([]uint64, 1<<sieveBits/64)
	}
	var begin uint64
	for i := range shortestSecret {
		begin = begin<<8 | uint64(s.text[i])
	}
	word, bit := sieved(begin)
	x.sieve[word] |= bit
	x.begin[begin] = append(x.begin[begin], s)
	slices.SortStableFunc(x.begin[begin], func(a, b spelling) int { return cmp.Compare(len(b.text), len(a.text)) })
}

// next finds the first spelling at or after a place, and of those the longest; -1 where there is none. No more than limit
// bytes of a spelling have to be there.
func next[T string | []byte](x *index, text T, from, limit int) (at int, found spelling) {
	if x.begin == nil {
		return -1, spelling{}
	}
	var begin uint64
	for i := from; i < len(text); i++ {
		begin = (begin<<8 | uint64(text[i])) & beginMask
		start := i - shortestSecret + 1
		if start < from {
			continue
		}
		if word, bit := sieved(begin); x.sieve[word]&bit == 0 {
			continue
		}
		for _, s := range x.begin[begin] {
			size := min(len(s.text), limit)
			if len(text)-start >= size && string(text[start:start+size]) == s.text[:size] && (!s.word || alone(text, start, start+size)) {
				return start, s
			}
		}
	}
	return -1, spelling{}
}

// alone reports whether neither a letter nor a digit is beside a part of a text.
func alone[T string | []byte](text T, from, to int) bool {
	inWord := func(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' }
	return (from == 0 || !inWord(text[from-1])) && (to == len(text) || !inWord(text[to]))
}

// withoutKnown puts the tokens of the known secrets in their place.
func (r *Redactor) withoutKnown(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var out strings.Builder
	done := 0
	for {
		at, found := next(&r.known, text, done, math.MaxInt)
		if at < 0 {
			break
		}
		out.WriteString(text[done:at] + found.token)
		done = at + len(found.text)
	}
	if done == 0 {
		return text
	}
	return out.String() + text[done:]
}
