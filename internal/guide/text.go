package guide

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// WriteText writes the settings as a table for people: what the page says, how it is meant, and where. Settings on
// which the page is silent are listed as such.
func (s *Settings) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	// Errors of the table writer are sticky: Flush returns the first.
	_, _ = fmt.Fprintf(t, "guide\t%s\n", cmp.Or(s.Revision, "a page of your own"))
	if s.Commit != "" {
		_, _ = fmt.Fprintf(t, "commit\t%s\n", s.Commit)
	}
	_, _ = fmt.Fprintf(t, "source\t%s\n\n", s.Source)
	_, _ = fmt.Fprintln(t, "SETTING\tVALUE\tKIND\tLINE")
	for _, u := range s.RedirectURIs {
		mode := string(u.Matching)
		if u.FromLabel {
			mode += " by label"
		}
		_, _ = fmt.Fprintf(t, "redirect_uri (%s)\t%s\t%s\t%d\n", u.Purpose, u.URL, mode, u.Line)
	}
	for _, f := range s.fields() {
		if v := *f.value; v != nil {
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%d\n", f.name, v.Value, v.Kind, v.Line)
		} else {
			_, _ = fmt.Fprintf(t, "%s\t-\tnot documented\t-\n", f.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Placeholders)) {
		_, _ = fmt.Fprintf(t, "placeholder %s\t%s\n", name, s.Placeholders[name])
	}
	return t.Flush()
}
