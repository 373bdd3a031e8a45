package compare

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

const (
	width      = 100  // columns
	valueLimit = 2000 // characters of one value
)

// WriteText writes the comparison as the console shows it: what is worse first, the verdict last.
func (c Comparison) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, r := range []struct {
		which string
		run   Run
	}{{"before", c.Before}, {"after", c.After}} {
		fmt.Fprintf(&b, "%-7s %s, %s stack: %s (%s)\n", r.which, plain.OneLine(r.run.Cell.String()), r.run.Stack, r.run.Verdict,
			plain.OneLine(r.run.ID))
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "note: %s\n", plain.OneLine(note))
	}
	for _, s := range c.sections() {
		fmt.Fprintf(&b, "\n%s\n", s.title)
		s.write(&b, s.checks)
	}
	for _, s := range c.differences() {
		textDifferences(&b, s.title, s.list)
	}
	fmt.Fprintf(&b, "\n%s\nVerdict: %s\n%s\n", c.counts(), c.Verdict, plain.Wrap(plain.OneLine(c.Headline), width, ""))
	_, err := io.WriteString(w, b.String())
	return err
}

// textFull tells all that is known of a check, most of it from the run after.
func textFull(b *strings.Builder, one Check) {
	o := one.After
	fmt.Fprintf(b, "\n  %s %s\n", status(one, o), plain.OneLine(one.Name))
	line := func(label, text string) {
		if text != "" {
			text = strings.ReplaceAll(strings.TrimSpace(plain.Printable(text)), "\n", "\n               ")
			fmt.Fprintf(b, "    %-11s%s\n", label, plain.Short(text, valueLimit))
		}
	}
	line("proves", one.Title)
	line("changed", one.Why)
	if o.Status != check.Fail || len(o.Findings) == 0 {
		line("reason", o.Reason)
	}
	for _, f := range o.Findings {
		line("at fault", f.Source.String())
		line("found", f.Message)
		line("expected", f.Expected)
		line("actual", f.Actual)
		line("fix", f.Fix)
	}
}

// textShort is a line for each check.
func textShort(b *strings.Builder, list []Check) {
	longest := 0
	for _, one := range list {
		longest = min(60, max(longest, len(one.Name)))
	}
	b.WriteString("\n")
	for _, one := range list {
		fmt.Fprintf(b, "  %s %-*s  %s\n", status(one, one.After), longest, plain.OneLine(one.Name), plain.OneLine(one.Why))
	}
}

// textTold tells all that is known of a check, or only names it where that is little.
func textTold(b *strings.Builder, list []Check) {
	for _, one := range list {
		if told(one) {
			textFull(b, one)
		}
	}
	textNames(b, slices.DeleteFunc(slices.Clone(list), told))
}

// textNames gives each status and reason once, with the checks that have it.
func textNames(b *strings.Builder, list []Check) {
	var reasons []string
	names := map[string][]string{}
	for _, one := range bundles(list) {
		reason := string(cmp.Or(one.After, one.Before).Status)
		if one.Why != "" {
			reason += ", " + plain.OneLine(one.Why)
		}
		if names[reason] == nil {
			reasons = append(reasons, reason)
		}
		names[reason] = append(names[reason], one.labels(plain.OneLine)...)
	}
	if len(reasons) > 0 {
		b.WriteString("\n")
	}
	for _, reason := range reasons {
		fmt.Fprintf(b, "%s\n", plain.Wrap(reason+": "+strings.Join(names[reason], ", "), width, "    "))
	}
}

func textDifferences(b *strings.Builder, title string, list []Difference) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", title)
	for _, d := range list {
		fmt.Fprintf(b, "  %s\n    - %s\n    + %s\n", plain.OneLine(strings.TrimSpace(d.Check+" "+d.Name)), said(d.Before, d.BeforeAt),
			said(d.After, d.AfterAt))
	}
}

// said is a value and where it stands.
func said(value, at string) string {
	value = plain.Short(plain.OneLine(cmp.Or(value, "(none)")), valueLimit)
	if at == "" {
		return value
	}
	return value + " (" + plain.OneLine(at) + ")"
}

// status is an outcome's status, with the level where that is not must.
func status(one Check, o *Outcome) string {
	if one.Level == check.Must || o.passed() {
		return string(o.Status)
	}
	return string(o.Status) + " (" + string(one.Level) + ")"
}
