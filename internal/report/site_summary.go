package report

import (
	"bytes"
	"fmt"
	"strings"
)

// siteSummary is the matrix as Markdown for GITHUB_STEP_SUMMARY.
func siteSummary(m *matrixView) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# ssoproof: %s\n\n%s\n", m.Verdict, mdText(m.Headline()))
	row := func(cells ...string) {
		for _, cell := range cells {
			fmt.Fprintf(&b, "| %s ", mdCell(mdText(cell)))
		}
		b.WriteString("|\n")
	}
	for _, t := range m.Tables {
		fmt.Fprintf(&b, "\n## %s\n\n", mdText(t.Title))
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
		fmt.Fprintf(b, "%s- **%s** %s, %s", title, c.Status(), mdText(c.Cell.String()), c.Checks())
		if broken := c.Broken(); len(broken) > 0 {
			fmt.Fprintf(b, ": %s", mdText(strings.Join(broken, ", ")))
		}
		fmt.Fprintf(b, "<br>%s\n", mdCode(c.Command()))
		title = ""
	}
}
