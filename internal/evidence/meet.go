package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// Meet makes the secrets known that went over the wire in an exchange: what stands where only a secret can stand. From
// then on they are found where nothing gives them away, as in a log's prose.
func (r *Redactor) Meet(x *edge.Exchange) {
	r.meetURL(x.URL)
	for _, header := range []http.Header{x.RequestHeader, x.ResponseHeader} {
		for name, values := range header {
			for _, value := range values {
				r.meetHeader(name, value)
			}
		}
	}
	r.meetBody(x.RequestHeader, x.RequestBody)
	r.meetBody(x.ResponseHeader, x.ResponseBody)
}

func (r *Redactor) meetHeader(name, value string) {
	switch http.CanonicalHeaderKey(name) {
	case "Cookie":
		for pair := range strings.SplitSeq(value, ";") {
			r.meetCookie(pair)
		}
	case "Set-Cookie":
		pair, _, _ := strings.Cut(value, ";")
		r.meetCookie(pair)
	case "Location", "Referer":
		r.meetURL(value)
	case "Authorization":
		kind, credential, _ := strings.Cut(value, " ")
		if raw, err := base64.StdEncoding.DecodeString(credential); err == nil && strings.EqualFold(kind, "basic") {
			_, password, _ := strings.Cut(string(raw), ":")
			r.meet(Secret, unescaped(password))
			return
		}
		r.meet(Token, credential)
	case "X-Immich-User-Token", "X-Immich-Session-Token", "X-Api-Key":
		r.meet(Token, value)
	case "X-Authentik-Csrf", "X-Csrftoken":
		r.meet(Cookie, value)
	}
}

func (r *Redactor) meetCookie(pair string) {
	name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
	if !keptCookie(name) {
		r.meet(kindOf(name, Cookie), unescaped(value))
	}
}

// meetURL looks at the query and the fragment, and at URLs within.
func (r *Redactor) meetURL(address string) {
	if before, fragment, found := strings.Cut(address, "#"); found {
		r.meetForm(fragment)
		address = before
	}
	if _, query, found := strings.Cut(address, "?"); found {
		r.meetForm(query)
	}
}

func (r *Redactor) meetForm(form string) {
	for field := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(field, "=")
		if plain, err := url.QueryUnescape(value); err == nil && value != "" {
			r.meetField(name, plain)
		}
	}
}

// meetField looks at a value under its name in a query, a form or JSON; what is none of a secret may be a URL.
func (r *Redactor) meetField(name, value string) {
	if kind := certain(name); kind != "" {
		switch {
		case harmlessCode(name, value): // it may be an error's
		case kind != Key && word(value):
			r.knowWord(kind, value)
		default:
			r.meet(kind, value)
		}
		return
	}
	if strings.ContainsAny(value, "?#") {
		r.meetURL(value)
	} else if strings.Contains(value, "=") && strings.EqualFold(name, "query") { // authentik's executor
		r.meetForm(value)
	}
}

func (r *Redactor) meetBody(h http.Header, body []byte) {
	kind := h.Get("Content-Type")
	switch {
	case len(body) == 0:
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		r.meetForm(string(body))
	case strings.Contains(kind, "json") || bytes.ContainsAny(body[:1], "{["):
		var value any
		if json.Unmarshal(body, &value) == nil {
			r.meetValue("", value)
		}
	}
}

func (r *Redactor) meetValue(name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			r.meetValue(key, inner)
		}
	case []any:
		for _, inner := range v {
			r.meetValue(name, inner)
		}
	case string:
		r.meetField(name, v)
	}
}

// meet makes a value known that is long and mixed enough to be looked for everywhere: a word would spoil texts, and make
// the last scan find a secret in each.
func (r *Redactor) meet(kind Kind, value string) {
	if kind == Key && !plainKey.MatchString(value) || !strong(value) {
		return
	}
	r.Know(kind, value)
}

// plainKey tells an API key from the key of a setting.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{32,}$`)

// shortestStrong is the length from which a value is looked for everywhere, also within words: no text holds one by chance.
const shortestStrong = 16

// word reports whether a value under a name of secrets alone is looked for where it stands by itself, although it is short:
// eight characters with a letter and a digit are no word of any language. Without a digit they may be one (a state of
// "Dashboard"), and under other names they may be a version, a date or a host.
func word(value string) bool {
	const shortest = 8
	return len(value) >= shortest && len(value) < shortestStrong && !strings.ContainsFunc(value, unicode.IsSpace) &&
		strings.ContainsFunc(value, unicode.IsLetter) && strings.ContainsFunc(value, unicode.IsDigit)
}

func strong(value string) bool {
	if len(value) < shortestStrong || strings.ContainsFunc(value, unicode.IsSpace) {
		return false
	}
	classes := 0
	for _, class := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit} {
		if strings.ContainsFunc(value, class) {
			classes++
		}
	}
	return classes > 1
}

// certain is the kind of secret that stands under a name and nothing else; empty: none.
func certain(name string) Kind {
	switch folded(name) {
	case "code":
		return Code
	case "state":
		return State
	case "codeverifier":
		return Verifier
	case "accesstoken", "refreshtoken", "idtoken", "idtokenhint", "logouttoken", "token", "devicecode":
		return Token
	case "clientsecret", "secret":
		return Secret
	case "password", "newpassword":
		return Password
	case "key", "apikey":
		return Key
	case "csrfmiddlewaretoken":
		return Cookie
	}
	return ""
}
