package guide

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// PlaceholderError says why a placeholder could not be replaced.
type PlaceholderError struct {
	Name   string
	Known  []string // the placeholders of the page
	Reason string
}

func (e *PlaceholderError) Error() string {
	return fmt.Sprintf("placeholder %s: %s", e.Name, e.Reason)
}

// Replace returns a copy in which a placeholder's value is put in its place everywhere. Names are the page's example
// hosts ("immich.company", for which value is a bare host name) and "application_slug", with or without its angle
// brackets. An unknown name or an unfit value is a *PlaceholderError.
func (s *Settings) Replace(name, value string) (*Settings, error) {
	if "<"+name+">" == SlugTemplate {
		name = SlugTemplate
	}
	old, known := s.Placeholders[name]
	if err := s.replaceable(name, value, known); err != nil {
		return nil, err
	}
	c := s.Clone()
	c.Placeholders[name] = value
	for _, text := range c.texts() {
		*text = substitute(*text, old, value)
	}
	for _, f := range c.fields() {
		if v := *f.value; v != nil && v.Kind == Template && !placeholderText.MatchString(v.Value) {
			v.Kind = Literal
		}
	}
	return c, nil
}

func (s *Settings) replaceable(name, value string, known bool) error {
	names := slices.Sorted(maps.Keys(s.Placeholders))
	refuse := func(format string, args ...any) error {
		return &PlaceholderError{Name: name, Known: names, Reason: fmt.Sprintf(format, args...)}
	}
	if !known {
		return refuse("the page has none of this name; it has %s", strings.Join(names, ", "))
	}
	if name == SlugTemplate {
		if !slugText.MatchString(value) {
			return refuse("%q is not a slug: letters, digits, hyphens and underscores only", value)
		}
		return nil
	}
	if reason := notHost(value); reason != "" {
		return refuse("%q is not a host name: %s", value, reason)
	}
	for other, taken := range s.Placeholders {
		if other != name && taken == value {
			return refuse("%q stands for %s already; each product needs a name of its own", value, other)
		}
	}
	return nil
}

var (
	hostLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	digits    = regexp.MustCompile(`^[0-9]+$`)
)

// notHost says why a text is not a host name as a browser would send it, or "".
func notHost(text string) string {
	labels := strings.Split(text, ".")
	bad := func(label string) bool { return !hostLabel.MatchString(label) }
	switch {
	case text == "":
		return "it is empty"
	case strings.Contains(text, "://"):
		return "leave out the scheme"
	case strings.ContainsAny(text, "/?#"):
		return "leave out the path"
	case strings.Contains(text, "@"):
		return "leave out the user"
	case strings.Contains(text, ":"):
		return "leave out the port, it is 443"
	case text != strings.ToLower(text):
		return "write it in lower case, redirect URIs are compared byte by byte"
	case len(text) > 253 || slices.ContainsFunc(labels, bad):
		return "letters, digits and hyphens between dots only"
	case digits.MatchString(labels[len(labels)-1]):
		return "a name is needed, not an address"
	}
	return ""
}

// mentions reports whether a placeholder stands in a text as a whole name, plain or escaped for a regular expression.
func mentions(text, name string) bool {
	return substitute(text, name, "\x00") != text
}

// substitute replaces whole names only: "immich.company" is no part of "my-immich.company". In a regular expression
// the dots of a name may be escaped; those of its replacement are then, too.
func substitute(text, name, value string) string {
	text = substituteForm(text, name, value)
	if escaped := regexp.QuoteMeta(name); escaped != name {
		text = substituteForm(text, escaped, regexp.QuoteMeta(value))
	}
	return text
}

func substituteForm(text, name, value string) string {
	var b strings.Builder
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return b.String() + text[from:]
		}
		at, end := from+i, from+i+len(name)
		b.WriteString(text[from:at])
		if isWhole(text, at, end) {
			b.WriteString(value)
		} else {
			b.WriteString(name)
		}
		from = end
	}
}

// isWhole reports whether text[at:end] is a whole host name, or stands in brackets anyway.
func isWhole(text string, at, end int) bool {
	if text[at] == '<' {
		return true
	}
	behind := strings.TrimPrefix(text[end:], `\`)
	inside := behind != "" && (isNameByte(behind[0]) || len(behind) > 1 && behind[0] == '.' && isNameByte(behind[1]))
	return !inside && (at == 0 || !isNameByte(text[at-1]) && text[at-1] != '.')
}

func isNameByte(c byte) bool {
	return c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
