// Package evidence keeps the artefacts of a run and takes the secrets out of them: what the products and the wire say
// is written out through a Redactor only.
package evidence

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Mask stands where a secret was.
const Mask = "REDACTED"

// shortestSecret is the length from which a known secret is looked for in texts; a shorter one would spoil them.
const shortestSecret = 6

// Redactor takes secrets out of texts, headers and bodies. Headers, query and form fields are kept by an allow-list;
// names in JSON and logs that sound secret are kept by another. Secrets that the run knows are taken out everywhere.
// It is safe for concurrent use.
type Redactor struct {
	mu     sync.RWMutex
	known  map[string]bool // in every spelling
	secret *strings.Replacer
}

// NewRedactor makes a redactor that knows these secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{known: map[string]bool{}, secret: strings.NewReplacer()}
	for _, s := range secrets {
		r.Know(s)
	}
	return r
}

// Know makes a secret of the run disappear from everything that is redacted from now on, also where it is escaped for
// a URL, JSON or HTML, or in base64. Secrets of less than 6 characters are found by their names only.
func (r *Redactor) Know(secret string) {
	if len(secret) < shortestSecret {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, spelling := range []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret),
		inJSON(secret, true), inJSON(secret, false),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawStdEncoding.EncodeToString([]byte(secret)),
		base64.RawURLEncoding.EncodeToString([]byte(secret)),
	} {
		r.known[spelling] = true
	}
	var pairs []string
	for spelling := range r.known {
		pairs = append(pairs, spelling)
	}
	// The longest first: a secret may begin with another.
	slices.SortFunc(pairs, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var replace []string
	for _, spelling := range pairs {
		replace = append(replace, spelling, Mask)
	}
	r.secret = strings.NewReplacer(replace...)
}

// inJSON is the secret as it stands within a JSON string.
func inJSON(secret string, escapeHTML bool) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(escapeHTML)
	_ = e.Encode(secret) // a string always encodes
	return strings.TrimSuffix(strings.TrimPrefix(out.String(), `"`), "\"\n")
}

func (r *Redactor) withoutKnown(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.secret.Replace(text)
}

var (
	privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)
	// jwt also finds one that is cut off, and any other JSON object in base64url.
	jwt      = regexp.MustCompile(`eyJ[\w-]{5,}(?:\.[\w-]*){0,4}`)
	scheme   = regexp.MustCompile(`(?i)\b(bearer|basic|token)(\s+)([\w.~+/=-]{6,})`)
	userinfo = regexp.MustCompile(`://[^/\s:@"'<>]*:[^/\s@"'<>]+@`)
	// cookieLine is a header full of cookies, as logs print it.
	cookieLine = regexp.MustCompile(`(?im)\b((?:set-)?cookie["']?\s*[:=]\s*["']?)[\w.-]+=[^"'\r\n]*`)
	// pair is name=value behind the mark that begins it in a URL; & may be escaped for HTML or JSON.
	pair = regexp.MustCompile(`([?&#]|&amp;|\\u0026)([\w.%\[\]-]+)=([^&#\s"'<>\\]*)`)
	// escapedPair is the same inside another URL.
	escapedPair = regexp.MustCompile(`(?i)(%(?:25)*(?:3f|26|23))([a-z][\w.-]*)(%(?:25)*3d)([^%&#\s"'<>\\]+)`)
	plainWord   = regexp.MustCompile(`^(?:[A-Z]?[a-z_-]{0,24}[.,:;!?]*|[a-z][a-z+.-]*:/.*)$`)
	// input is a field of an HTML form.
	input = regexp.MustCompile(`(?i)(\bname=["']?([\w.-]+)["']?[^<>]*?\bvalue=["']?)([^"'\s<>]+)`)
	// named is a name that sounds secret and its value, quoted or not, closed or cut off.
	named = regexp.MustCompile(`(?i)(\b[\w.-]*(?:` + strings.Join(soundsSecret(), "|") + `)[\w.-]*)` +
		`(\\*["']?\s*(?:=>|[:=])\s*\[?\s*)` +
		`(\\+"[^"]*(?:"|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|[^\s"',;&<>(){}\[\]\\]+)`)
)

// Text takes secrets out of any text: messages, pages, lines of logs, URLs.
func (r *Redactor) Text(text string) string {
	text = r.withoutKnown(text)
	if strings.Contains(text, "PRIVATE KEY") {
		text = privateKey.ReplaceAllLiteralString(text, Mask)
	}
	if strings.Contains(text, "eyJ") {
		text = jwt.ReplaceAllLiteralString(text, Mask)
	}
	if strings.Contains(text, "://") {
		text = userinfo.ReplaceAllLiteralString(text, "://"+Mask+"@")
	}
	lower := strings.ToLower(text)
	if hasAny(lower, "bearer", "basic", "token") {
		text = scheme.ReplaceAllStringFunc(text, func(s string) string {
			m := scheme.FindStringSubmatch(s)
			if plainWord.MatchString(m[3]) {
				return s
			}
			return m[1] + m[2] + Mask
		})
	}
	if strings.Contains(lower, "cookie") {
		text = cookieLine.ReplaceAllString(text, "${1}"+Mask)
	}
	text = r.pairs(text)
	text = r.records(text, lower)
	if hasAny(lower, soundsSecret()...) {
		text = r.named(text)
	}
	return text
}

// pairs redacts name=value in URLs and in fields of pages.
func (r *Redactor) pairs(text string) string {
	if strings.Contains(text, "=") {
		text = pair.ReplaceAllStringFunc(text, func(p string) string {
			m := pair.FindStringSubmatch(p)
			return m[1] + m[2] + "=" + r.field(m[2], m[3])
		})
	}
	if strings.Contains(text, "value=") {
		text = input.ReplaceAllStringFunc(text, func(p string) string {
			m := input.FindStringSubmatch(p)
			return m[1] + r.field(m[2], m[3])
		})
	}
	if strings.Contains(text, "%") {
		text = escapedPair.ReplaceAllStringFunc(text, func(p string) string {
			m := escapedPair.FindStringSubmatch(p)
			return m[1] + m[2] + m[3] + r.field(m[2], m[4])
		})
	}
	return text
}

// named redacts what stands behind a name that sounds secret. In prose ("no session: the page …") a word is no secret.
func (r *Redactor) named(text string) string {
	return named.ReplaceAllStringFunc(text, func(p string) string {
		m := named.FindStringSubmatch(p)
		bare := strings.Trim(m[3], `"'\`)
		prose := bare == m[3] && strings.HasSuffix(m[2], " ") && plainWord.MatchString(bare)
		if bare == "" || prose || harmlessName(m[1]) || harmlessCode(m[1], bare) {
			return p
		}
		return m[1] + m[2] + strings.Replace(m[3], bare, Mask, 1)
	})
}

// URL takes secrets out of the query and the fragment of a URL; what is harmless keeps its bytes.
func (r *Redactor) URL(address string) string { return r.Text(address) }

// Query does the same for a query or a form without a URL around it.
func (r *Redactor) Query(query string) string {
	fields := strings.Split(query, "&")
	for i, f := range fields {
		name, value, found := strings.Cut(f, "=")
		if !found {
			fields[i] = r.Text(f)
			continue
		}
		fields[i] = name + "=" + r.field(name, value)
	}
	return strings.Join(fields, "&")
}

// field is the value of a query or form field as it may be shown. A kept value may hold another URL.
func (r *Redactor) field(name, value string) string {
	decoded, err := url.QueryUnescape(value)
	if err != nil {
		decoded = value
	}
	switch {
	case value == "":
		return ""
	case !keptField(name, decoded):
		return Mask
	}
	if clean := r.Text(decoded); clean != decoded {
		return url.QueryEscape(clean)
	}
	return value
}
