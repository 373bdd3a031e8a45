package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/plain"
)

// Text names what a step replaces.
func (s UpgradeStep) Text() string {
	var parts []string
	for _, c := range s.Changes {
		parts = append(parts, fmt.Sprintf("%s %s → %s", c.Product, c.From, c.To))
	}
	return strings.Join(parts, ", ")
}

// Moved is the checks that an upgrade moved, or did not move, to one outcome.
type Moved struct {
	What  string
	Class string
	Names []string
}

// Moved is what became of the checks that were judged before and after, without those that passed both times.
func (u *Upgrade) Moved() []Moved {
	var all []Moved
	for _, m := range []Moved{
		{"worked before, fail after", classOf(violation), u.Broken},
		{"worked before, were not judged after", classOf(unjudged), u.Unshown},
		{"failed before, work after", classOf(passed), u.Fixed},
		{"fail before and after", classOf(advice), u.Still},
	} {
		if len(m.Names) > 0 {
			all = append(all, m)
		}
	}
	return all
}

// text is one line on a difference.
func (d Difference) text() string {
	why := d.Explained
	if why == "" {
		why = "not explained by what is known of the releases"
	}
	return fmt.Sprintf("%s %s %s: %s → %s (%s)", d.Product, d.Object, d.Field, orNone(d.Before), orNone(d.After), why)
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// upgrade says what the upgrade did.
func (c *Console) upgrade(b *strings.Builder, u *Upgrade) {
	if u == nil {
		return
	}
	fmt.Fprintf(b, "\n%s\n", c.paint(bold, "The upgrade"))
	for _, s := range u.Steps {
		fmt.Fprintf(b, "  %s in %s\n", s.Text(), plain.Seconds(s.Seconds))
	}
	for _, m := range u.Moved() {
		fmt.Fprintf(b, "%s\n", plain.Wrap(fmt.Sprintf("%d %s: %s", len(m.Names), m.What, strings.Join(m.Names, ", ")), 100, "  "))
	}
	for _, d := range u.Differences {
		fmt.Fprintf(b, "  %s\n", plain.Short(plain.OneLine(d.text()), findingLimit))
	}
}

func summaryUpgrade(b *bytes.Buffer, u *Upgrade) {
	if u == nil {
		return
	}
	b.WriteString("\n## The upgrade\n\n")
	for _, s := range u.Steps {
		fmt.Fprintf(b, "- %s in %s\n", plain.Markdown(s.Text()), plain.Seconds(s.Seconds))
	}
	for _, m := range u.Moved() {
		fmt.Fprintf(b, "- **%d %s**: %s\n", len(m.Names), m.What, plain.Code(strings.Join(m.Names, " ")))
	}
	if len(u.Differences) == 0 {
		return
	}
	b.WriteString("\n| stored setting | before | after | why |\n| --- | --- | --- | --- |\n")
	for _, d := range u.Differences {
		why := d.Explained
		if why == "" {
			why = "not known"
		}
		fmt.Fprintf(b, "| %s %s %s | %s | %s | %s |\n", d.Product, d.Object, plain.Cell(plain.Code(d.Field)), plain.Cell(plain.Code(plain.Short(orNone(d.Before), cellLimit))),
			plain.Cell(plain.Code(plain.Short(orNone(d.After), cellLimit))), plain.Cell(plain.Markdown(why)))
	}
}
