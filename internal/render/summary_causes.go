package render

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// summaryCauses says why checks did not pass and what to change, once for all that a cause explains.
func summaryCauses(b *bytes.Buffer, r *report.Report) {
	causes := r.Told()
	if len(causes) == 0 {
		return
	}
	b.WriteString("\n## Causes\n")
	for _, c := range causes {
		fmt.Fprintf(b, "\n### %s\n\n", plain.Markdown(c.Title))
		for _, f := range slices.Concat(remedy(c), grounds(r, c)) {
			text := plain.Short(f.text, findingLimit)
			if f.code {
				text = plain.Code(text)
			} else {
				text = plain.Markdown(text)
			}
			fmt.Fprintf(b, "- %s: %s\n", capital(f.label), text)
		}
		for _, link := range c.Links {
			fmt.Fprintf(b, "- See also: %s\n", autolink(link))
		}
	}
}

// capital is a label at the beginning of a line.
func capital(label string) string { return strings.ToUpper(label[:1]) + label[1:] }

var address = regexp.MustCompile("^https://[^\\s<>`\\\\]+$")

// autolink is an address that Markdown makes a link of; another text stays a text.
func autolink(text string) string {
	if address.MatchString(text) {
		return "<" + text + ">"
	}
	return plain.Markdown(text)
}
