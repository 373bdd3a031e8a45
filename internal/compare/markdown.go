package compare

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/plain"
)

// Limits keep a comment on a pull request below the 65536 characters that GitHub takes. What is left out is counted.
const (
	cellLimit   = 300    // characters of one text in a table
	checksLimit = 40_000 // bytes until the end of the table of checks
	totalLimit  = 60_000 // bytes until the end of all tables
)

// WriteMarkdown writes the comparison for a pull request. No text of a product or a report is markup in it.
func (c Comparison) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### ssoproof compare: %s\n\n**%s**\n", c.Verdict, plain.Markdown(c.Headline))
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "\n> %s\n", plain.Markdown(plain.Short(note, valueLimit)))
	}
	b.WriteString("\n| | before | after |\n| --- | --- | --- |\n")
	b.WriteString(row("verdict", string(c.Before.Verdict), string(c.After.Verdict)) +
		row(authentik, plain.Code(c.Before.Cell.Authentik), plain.Code(c.After.Cell.Authentik)) +
		row(immich, plain.Code(c.Before.Cell.Immich), plain.Code(c.After.Cell.Immich)) +
		row(guideName, plain.Code(c.Before.Cell.Guide), plain.Code(c.After.Cell.Guide)) +
		row("stack", string(c.Before.Stack), string(c.After.Stack)) +
		row("run", plain.Code(c.Before.ID), plain.Code(c.After.ID)))
	c.markdownChecks(&b)
	for _, s := range c.differences() {
		markdownDifferences(&b, s.title, s.list)
	}
	fmt.Fprintf(&b, "\n%s\n", c.counts())
	_, err := io.WriteString(w, b.String())
	return err
}

func (c Comparison) markdownChecks(b *strings.Builder) {
	sections := c.sections()
	if len(sections) == 0 {
		return
	}
	b.WriteString("\n| | check | before | after | why | at fault, and the fix |\n| --- | --- | --- | --- | --- | --- |\n")
	var rows []string
	for _, s := range sections {
		for _, one := range s.checks {
			if told(one) {
				rows = append(rows, markdownRow(s.word, plain.Code(one.Name), one))
			}
		}
		for _, many := range bundles(slices.DeleteFunc(slices.Clone(s.checks), told)) {
			for _, label := range many.labels(plain.Code) {
				rows = append(rows, markdownRow(s.word, label, many.Check))
			}
		}
	}
	writeRows(b, rows, checksLimit)
}

// writeRows ends a table before it gets too long.
func writeRows(b *strings.Builder, rows []string, limit int) {
	for i, text := range rows {
		if b.Len()+len(text) > limit {
			fmt.Fprintf(b, "\nand %s; `--format json` has them all.\n", plain.Count(len(rows)-i, "more row"))
			return
		}
		b.WriteString(text)
	}
}

func markdownRow(word, label string, one Check) string {
	return row(word, label, markdownStatus(one, one.Before), markdownStatus(one, one.After), reasons(one), remedy(one))
}

func markdownStatus(one Check, o *Outcome) string {
	if o == nil {
		return "–"
	}
	return status(one, o)
}

// reasons is how the two runs differ and, where it does not pass, what was found after.
func reasons(one Check) string {
	parts := []string{short(one.Why)}
	if o := one.After; o != nil && !o.passed() {
		for _, f := range o.Findings {
			text := f.Message
			if f.Expected != "" && f.Actual != "" {
				text += ": expected " + f.Expected + ", got " + f.Actual
			}
			parts = append(parts, short(text))
		}
		if len(o.Findings) == 0 {
			parts = append(parts, short(o.Reason))
		}
	}
	return lines(parts)
}

// remedy is the guide's line or the setting at fault, and what would mend it.
func remedy(one Check) string {
	var parts []string
	if o := one.After; o != nil && !o.passed() {
		for _, f := range o.Findings {
			parts = append(parts, code(f.Source.String()), code(f.Fix))
		}
	}
	return lines(parts)
}

func short(text string) string { return plain.Markdown(plain.Short(plain.OneLine(text), cellLimit)) }

func code(text string) string { return plain.Code(plain.Short(plain.OneLine(text), cellLimit)) }

// lines puts texts below each other in one cell, each once.
func lines(parts []string) string {
	var all []string
	seen := map[string]bool{"": true}
	for _, part := range parts {
		if !seen[part] {
			all = append(all, part)
		}
		seen[part] = true
	}
	return strings.Join(all, "<br>")
}

func markdownDifferences(b *strings.Builder, title string, list []Difference) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s (%d)</summary>\n\n| | before | after |\n| --- | --- | --- |\n", title, len(list))
	var rows []string
	for _, d := range list {
		rows = append(rows, row(plain.Code(strings.TrimSpace(d.Check+" "+d.Name)), markdownSaid(d.Before, d.BeforeAt),
			markdownSaid(d.After, d.AfterAt)))
	}
	writeRows(b, rows, totalLimit)
	b.WriteString("\n</details>\n")
}

func markdownSaid(value, at string) string {
	if value == "" {
		return "–"
	}
	text := code(value)
	if at != "" {
		text += " (" + plain.Markdown(at) + ")"
	}
	return text
}

// row is a row of a table.
func row(cells ...string) string {
	text := ""
	for _, cell := range cells {
		text += "| " + plain.Cell(cell) + " "
	}
	return text + "|\n"
}
