package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// upgrade says what the upgrade did.
func (c *Console) upgrade(b *strings.Builder, u *report.Upgrade) {
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
		fmt.Fprintf(b, "  %s\n", plain.Short(plain.OneLine(differenceText(d)), findingLimit))
	}
}

// answer says what the upgrade comes to.
func (c *Console) answer(b *strings.Builder, a *report.Answer) {
	if a == nil {
		return
	}
	changes := func(all []string) {
		for _, change := range all {
			fmt.Fprintf(b, "%s\n", plain.Wrap("- "+plain.OneLine(change), 100, "  "))
		}
	}
	fmt.Fprintf(b, "%s\n", c.paint(bold, plain.Wrap("The upgrade is "+a.Text+".", 100, "")))
	changes(a.Changes)
	if a.Already != "" {
		fmt.Fprintf(b, "%s\n", plain.Wrap(a.Already, 100, ""))
		changes(a.Mends)
	}
	if a.Beside != "" {
		fmt.Fprintf(b, "%s\n", plain.Wrap(plain.OneLine(a.Beside), 100, ""))
	}
}

func summaryAnswer(b *bytes.Buffer, a *report.Answer) {
	changes := func(all []string) {
		for _, change := range all {
			fmt.Fprintf(b, "1. %s\n", plain.Markdown(change))
		}
		if len(all) > 0 {
			b.WriteString("\n")
		}
	}
	fmt.Fprintf(b, "The upgrade is %s.\n\n", plain.Markdown(a.Text))
	changes(a.Changes)
	if a.Already != "" {
		fmt.Fprintf(b, "%s\n\n", plain.Markdown(a.Already))
		changes(a.Mends)
	}
	if a.Beside != "" {
		fmt.Fprintf(b, "%s\n\n", plain.Markdown(a.Beside))
	}
}

func summaryUpgrade(b *bytes.Buffer, r *report.Report) {
	u := r.Upgrade
	if u == nil {
		return
	}
	b.WriteString("\n## The upgrade\n\n")
	summaryAnswer(b, r.Answer())
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

// differenceText is one line on a difference.
func differenceText(d report.Difference) string {
	why := d.Explained
	if why == "" {
		why = "not explained by what is known of the releases"
	}
	return fmt.Sprintf("%s %s %s: %s → %s (%s)", d.Product, d.Object, d.Field, orNone(d.Before), orNone(d.After), why)
}
