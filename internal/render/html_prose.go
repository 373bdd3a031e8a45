package render

import (
	"html/template"
	"regexp"

	"github.com/ssoproof/ssoproof/internal/plain"
)

var span = regexp.MustCompile("`([^`]+)`")

// prose is a text in which backticks are code, as in the words of causes. All else in it is text.
func prose(text string) template.HTML {
	escaped := template.HTMLEscapeString(plain.Printable(text))
	return template.HTML(span.ReplaceAllString(escaped, "<code>$1</code>")) //nolint:gosec // it was escaped before
}
