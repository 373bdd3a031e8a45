package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
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
	case "Set-Cookie":
		pair, attributes, found := strings.Cut(value, ";")
		if found {
			attributes = ";" + r.Text(attributes)
		}
		return cookie(pair) + attributes
	case "Cookie":
		pairs := strings.Split(value, ";")
		for i := range pairs {
			pairs[i] = cookie(pairs[i])
		}
		return strings.Join(pairs, ";")
	case "Authorization", "Proxy-Authorization":
		if kind, _, found := strings.Cut(value, " "); found {
			return kind + " " + Mask
		}
	}
	switch {
	case value == "":
		return ""
	case keptHeader(name):
		return r.Text(value)
	}
	return Mask
}

// cookie masks the value of name=value; an empty one says that the cookie is cleared.
func cookie(pair string) string {
	name, value, found := strings.Cut(pair, "=")
	switch {
	case !found:
		return Mask
	case value == "" || keptCookie(strings.TrimSpace(name)):
		return pair
	}
	return name + "=" + Mask
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
	if !utf8.Valid(cutTail(body, truncated)) || strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "font/") {
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
	if err := e.Encode(r.value("", value, false)); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// value redacts a decoded value under its name; below a secret name every text and number is masked.
func (r *Redactor) value(name string, value any, secret bool) any {
	switch v := value.(type) {
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, inner := range v {
			clean[r.Text(key)] = r.value(key, inner, secret || secretName(key))
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, inner := range v {
			clean[i] = r.value(name, inner, secret)
		}
		return clean
	case string:
		if secret && v != "" && !harmlessCode(name, v) {
			return Mask
		}
		return r.text(v, stringLimit)
	case json.Number:
		if secret && !harmlessCode(name, v.String()) {
			return Mask
		}
	}
	return value
}
