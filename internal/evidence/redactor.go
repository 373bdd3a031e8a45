// Package evidence keeps the artefacts of a run and takes the secrets out of them: what the products and the wire say
// is written out through a Redactor only.
package evidence

import (
	"crypto/rand"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// Redactor takes secrets out of texts, headers and bodies. Headers, query and form fields are kept by an allow-list;
// names in JSON and logs that sound secret are kept by another. Secrets that the run knows are taken out everywhere.
// In the place of each stands its token. It is safe for concurrent use.
type Redactor struct {
	key []byte // of the tokens; it is nowhere written

	mu     sync.RWMutex
	tokens map[string]string // by known secret
	words  map[string]bool   // the known secrets that are looked for as words only
	known  index
}

// NewRedactor makes a redactor for a run, which knows these secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{key: make([]byte, 32), tokens: map[string]string{}, words: map[string]bool{}}
	_, _ = rand.Read(r.key) // it never fails
	for _, s := range secrets {
		r.Know(Secret, s)
	}
	return r
}

var (
	privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)
	scheme     = regexp.MustCompile(`(?i)\b(bearer|basic|token)(\s+)([\w.~+/=-]{6,})`)
	userinfo   = regexp.MustCompile(`://([^/\s:@"'<>]*:([^/\s@"'<>]+))@`)
	// cookieLine is a header full of cookies, as logs print it.
	cookieLine = regexp.MustCompile(`(?im)\b((?:set-)?cookie["']?\s*[:=]\s*["']?)([\w.-]+=[^"'\r\n]*)`)
	// pair is name=value behind the mark that begins it in a URL; & may be escaped for HTML or JSON.
	pair = regexp.MustCompile(`([?&#]|&amp;|\\u0026)([\w.%\[\]-]+)=([^&#\s"'<>\\]*)`)
	// escapedPair is the same inside another URL.
	escapedPair = regexp.MustCompile(`(?i)(%(?:25)*(?:3f|26|23))([a-z][\w.-]*)(%(?:25)*3d)([^%&#\s"'<>\\]+)`)
	plainWord   = regexp.MustCompile(`^(?:[A-Z]?[a-z_-]{0,24}[.,:;!?]*|[a-z][a-z+.-]*:/.*)$`)
	// input is a field of an HTML form.
	input = regexp.MustCompile(`(?i)(\bname=["']?([\w.-]+)["']?[^<>]*?\bvalue=["']?)([^"'\s<>]+)`)
	// named is a name that sounds secret and its value, quoted or not, closed or cut off; or a token.
	named = regexp.MustCompile(`(?i)(«?\b[\w.-]*(?:` + strings.Join(soundsSecret(), "|") + `)[\w.-]*)` +
		`(\\*["']?\s*(?:=>|[:=])\s*\[?\s*)` +
		`(\\+"[^"]*(?:"|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|[^\s"',;&<>(){}\[\]\\]+)`)
)

// Text takes secrets out of any text: messages, pages, lines of logs, URLs.
func (r *Redactor) Text(text string) string {
	text = r.withoutKnown(r.jwts(text))
	if strings.Contains(text, "PRIVATE KEY") {
		text = privateKey.ReplaceAllStringFunc(text, func(s string) string { return r.token(Key, s) })
	}
	if strings.Contains(text, "://") {
		text = replace(userinfo, text, func(m []string) string {
			if onlyToken.MatchString(m[1]) {
				return m[0]
			}
			return "://" + r.token(Password, m[2]) + "@"
		})
	}
	lower := strings.ToLower(text)
	if hasAny(lower, "bearer", "basic", "token") {
		text = replace(scheme, text, func(m []string) string {
			if plainWord.MatchString(m[3]) {
				return m[0]
			}
			return m[1] + m[2] + r.credential(m[1], m[3])
		})
	}
	if strings.Contains(lower, "cookie") {
		text = replace(cookieLine, text, func(m []string) string { return m[1] + r.cookies(m[2]) })
	}
	text = r.pairs(text)
	text = r.records(text, lower)
	if hasAny(lower, soundsSecret()...) {
		text = r.named(text)
	}
	return text
}

// replace is ReplaceAllStringFunc for who needs the groups.
func replace(pattern *regexp.Regexp, text string, with func(groups []string) string) string {
	return pattern.ReplaceAllStringFunc(text, func(found string) string { return with(pattern.FindStringSubmatch(found)) })
}

// pairs redacts name=value in URLs and in fields of pages.
func (r *Redactor) pairs(text string) string {
	if strings.Contains(text, "=") {
		text = replace(pair, text, func(m []string) string { return m[1] + m[2] + "=" + r.field(m[2], m[3]) })
	}
	if strings.Contains(text, "value=") {
		text = replace(input, text, func(m []string) string { return m[1] + r.field(m[2], m[3]) })
	}
	if strings.Contains(text, "%") {
		text = replace(escapedPair, text, func(m []string) string { return m[1] + m[2] + m[3] + r.field(m[2], m[4]) })
	}
	return text
}

// named redacts what stands behind a name that sounds secret. In prose ("no session: the page …") a word is no secret.
func (r *Redactor) named(text string) string {
	return replace(named, text, func(m []string) string {
		bare := strings.Trim(m[3], `"'\`)
		prose := bare == m[3] && strings.HasSuffix(m[2], " ") && plainWord.MatchString(bare)
		if bare == "" || prose || strings.HasPrefix(m[1], "«") || harmlessName(m[1]) || harmlessCode(m[1], bare) {
			return m[0]
		}
		return m[1] + m[2] + strings.Replace(m[3], bare, r.hide(kindOf(m[1], Token), bare), 1)
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
		return r.hide(kindOf(name, Value), decoded)
	}
	if clean := r.Text(decoded); clean != decoded {
		return escapedToken.ReplaceAllString(url.QueryEscape(clean), "«$1:$2»")
	}
	return value
}
