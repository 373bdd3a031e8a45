package site

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/plain"
)

// siteSummary is the matrix as Markdown for GITHUB_STEP_SUMMARY.
func siteSummary(m *matrixView) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# ssoproof: %s\n\n%s\n", m.Verdict, plain.Markdown(m.Headline()))
	row := func(cells ...string) {
		for _, cell := range cells {
			fmt.Fprintf(&b, "| %s ", plain.Cell(plain.Markdown(cell)))
		}
		b.WriteString("|\n")
	}
	for _, t := range m.Tables {
		fmt.Fprintf(&b, "\n## %s\n\n", plain.Markdown(t.Title))
		row(append(append([]string{"authentik", "guide"}, t.Columns...), "last good", "first bad")...)
		b.WriteString("|" + strings.Repeat(" --- |", len(t.Columns)+4) + "\n")
		for _, r := range t.Rows {
			cells := []string{r.Authentik, r.Guide}
			for _, c := range r.Cells {
				cells = append(cells, c.words())
			}
			row(append(cells, r.LastGood, r.FirstBad)...)
		}
	}
	summaryBroken(&b, m)
	return b.Bytes(), nil
}

// words are the mark and the status; nothing for a cell that is not in the matrix.
func (c *cellView) words() string {
	if c == nil {
		return ""
	}
	return c.Mark() + " " + c.Status()
}

// summaryBroken lists the cells that are not conformant, with the way to repeat them.
func summaryBroken(b *bytes.Buffer, m *matrixView) {
	title := "\n## What is not conformant\n\n"
	for _, c := range m.Cells {
		if c.Judged() && c.Verdict.ExitCode() == 0 {
			continue
		}
		fmt.Fprintf(b, "%s- **%s** %s, %s", title, c.Status(), plain.Markdown(c.Cell.String()), c.Checks())
		if broken := c.Broken(); len(broken) > 0 {
			fmt.Fprintf(b, ": %s", plain.Markdown(strings.Join(broken, ", ")))
		}
		fmt.Fprintf(b, "<br>%s\n", plain.Code(c.Command()))
		title = ""
	}
}
