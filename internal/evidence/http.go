package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits of what is written of one body.
const (
	textLimit   = 64 << 10 // bytes of a page or a script
	stringLimit = 8 << 10  // bytes of one string in JSON
	// tail is what is dropped from a text that was cut off: half a known secret may stand there.
	tail = 512
)

// Header is the header with every value masked that is not on the allow-list. Names, the scheme of an authorization
// and the names and attributes of cookies stay.
func (r *Redactor) Header(h http.Header) http.Header {
	clean := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			clean[name] = append(clean[name], r.headerValue(name, value))
		}
	}
	return clean
}

func (r *Redactor) headerValue(name, value string) string {
	switch http.CanonicalHeaderKey(name) {
	case "Set-Cookie", "Cookie":
		return r.cookies(value)
	case "Authorization", "Proxy-Authorization":
		if kind, credential, found := strings.Cut(value, " "); found {
			return kind + " " + r.credential(kind, credential)
		}
	}
	if keptHeader(name) {
		return r.Text(value)
	}
	return r.hide(kindOf(name, Value), value)
}

// cookies is the value of a Cookie or Set-Cookie header without the values of its cookies. An empty one says that the
// cookie is cleared.
func (r *Redactor) cookies(header string) string {
	pairs := strings.Split(header, ";")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		switch bare := strings.ToLower(strings.TrimSpace(name)); {
		case i > 0 && cookieAttribute(bare):
			pairs[i] = r.Text(pair)
		case found && !keptCookie(bare) && !onlyToken.MatchString(value) && value != "":
			pairs[i] = name + "=" + r.token(kindOf(bare, Cookie), unescaped(value))
		case !found && i == 0:
			pairs[i] = r.hide(Cookie, pair)
		case !found:
			pairs[i] = r.Text(pair)
		}
	}
	return strings.Join(pairs, ";")
}

// credential is what stands behind the scheme of an authorization: of a user's name and password the password.
func (r *Redactor) credential(scheme, value string) string {
	if strings.EqualFold(scheme, "basic") {
		if raw, err := base64.StdEncoding.DecodeString(value); err == nil {
			if _, password, found := strings.Cut(string(raw), ":"); found {
				return r.hide(Secret, unescaped(password))
			}
		}
	}
	return r.hide(Token, value)
}

// unescaped undoes what is escaped as in a URL, so that a secret is the same in every spelling.
func unescaped(value string) string {
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}
	return value
}

// Body is a body as it may be written into a JSON document: JSON stays JSON, text becomes a string, and anything else
// only says how long it is. Nil where there is no body.
func (r *Redactor) Body(h http.Header, body []byte, truncated bool) any {
	if len(body) == 0 {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type")) // a type that does not parse is looked at as text
	if kind == "application/x-www-form-urlencoded" {
		return r.Query(string(cutTail(body, truncated)))
	}
	if strings.HasSuffix(kind, "json") || bytes.ContainsAny(body[:1], "{[") {
		if value, err := r.JSON(body); err == nil {
			return value
		}
	}
	family, _, _ := strings.Cut(kind, "/")
	if !utf8.Valid(cutTail(body, truncated)) || family == "image" || family == "font" || family == "multipart" { // a form in parts
		return fmt.Sprintf("[%d bytes of %s]", len(body), h.Get("Content-Type"))
	}
	return r.text(string(cutTail(body, truncated)), textLimit)
}

func cutTail(body []byte, truncated bool) []byte {
	if !truncated {
		return body
	}
	return bytes.ToValidUTF8(body[:max(0, len(body)-tail)], nil)
}

// text redacts first and cuts then, so that no half of a secret is left.
func (r *Redactor) text(s string, limit int) string {
	s = r.Text(s)
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + fmt.Sprintf("… [%d bytes more]", len(s)-limit)
}

// JSON is a JSON document without its secrets; the keys of objects come out sorted.
func (r *Redactor) JSON(document []byte) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("read JSON: something follows the document")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(r.value("", value, "")); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// value redacts a decoded value under its name; below the name of a secret, whose kind is given then, every text and
// number is hidden.
func (r *Redactor) value(name string, value any, kind Kind) any {
	switch v := value.(type) {
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, inner := range v {
			below := kind
			if secretName(key) {
				below = kindOf(key, Token)
			}
			clean[r.Text(key)] = r.value(key, inner, below)
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, inner := range v {
			clean[i] = r.value(name, inner, kind)
		}
		return clean
	case string:
		if kind != "" && !harmlessCode(name, v) {
			return r.hide(kind, v)
		}
		return r.text(v, stringLimit)
	case json.Number:
		if kind != "" && !harmlessCode(name, v.String()) {
			return r.hide(kind, v.String())
		}
	}
	return value
}
