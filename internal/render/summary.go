package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// Limits keep the summary far below the 1 MiB that GitHub takes for a step.
const (
	cellLimit    = 300  // characters of a reason in a table
	findingLimit = 2000 // characters of one value of a finding
)

// Summary renders the report as Markdown for GITHUB_STEP_SUMMARY.
func Summary(r *report.Report) ([]byte, error) {
	var b bytes.Buffer
	results := r.Complete()
	fmt.Fprintf(&b, "# ssoproof: %s\n\n**%s**\n\n%s\n", r.Verdict, plain.Markdown(r.Cell.String()), plain.Markdown(r.Headline()))
	if banner := r.Banner(); banner != "" {
		fmt.Fprintf(&b, "\n> %s\n", plain.Markdown(banner))
	}
	summaryCauses(&b, r)
	summaryCounts(&b, results)
	summaryUpgrade(&b, r)
	for _, s := range sections(r.Unexplained(results)) {
		fmt.Fprintf(&b, "\n## %s\n", s.Title)
		for _, c := range s.Results {
			summaryResult(&b, r, c)
		}
	}
	summaryNotes(&b, r.Notes)
	summaryCoverage(&b, r)
	summaryTable(&b, results)
	summaryExcluded(&b, r.Plan.Excluded)
	fmt.Fprintf(&b, "\n%s, %s stack, %s, ssoproof %s.\n", plain.Markdown(r.Run.ID), r.Stack.Kind, plain.Seconds(r.Run.Seconds),
		plain.Markdown(r.Run.Tool))
	return b.Bytes(), nil
}

func summaryCounts(b *bytes.Buffer, results []check.Result) {
	results = report.Counted(results)
	n := map[check.Status]int{}
	for _, c := range results {
		n[c.Status]++
	}
	head, rule, row := "", "", ""
	for _, s := range report.Statuses() {
		if n[s] > 0 {
			head += " " + string(s) + " |"
			rule += " ---: |"
			row += fmt.Sprintf(" %d |", n[s])
		}
	}
	if head != "" {
		fmt.Fprintf(b, "\n|%s\n|%s\n|%s\n", head, rule, row)
	}
}

func summaryResult(b *bytes.Buffer, r *report.Report, c check.Result) {
	fmt.Fprintf(b, "\n### %s %s\n\n", statusOf(c), plain.Code(c.Name()))
	if c.Title != "" {
		fmt.Fprintf(b, "%s\n\n", plain.Markdown(c.Title))
	}
	item := func(label, value string) {
		if value != "" {
			fmt.Fprintf(b, "- %s: %s\n", label, value)
		}
	}
	if c.Status != check.Fail {
		item("Reason", plain.Markdown(plain.Short(c.Reason, findingLimit)))
	}
	for _, p := range report.Problems(c) {
		item("Requirement", plain.Markdown(requirement(p)))
		item("At fault", plain.Code(p.Source.String()))
		if p.Message != c.Reason || c.Status == check.Fail {
			item("Finding", plain.Markdown(plain.Short(p.Message, findingLimit)))
		}
		item("Expected", plain.Code(plain.Short(p.Expected, findingLimit)))
		item("Actual", plain.Code(plain.Short(p.Actual, findingLimit)))
		item("Fix", plain.Code(plain.Short(p.Fix, findingLimit)))
	}
	item("Rerun", plain.Code(r.Rerun(c.Name())))
}

func summaryNotes(b *bytes.Buffer, notes []string) {
	if len(notes) == 0 {
		return
	}
	b.WriteString("\n## Notes\n\n")
	for _, text := range notes {
		fmt.Fprintf(b, "- %s\n", plain.Markdown(plain.Short(text, findingLimit)))
	}
}

func summaryCoverage(b *bytes.Buffer, r *report.Report) {
	if len(r.Coverage) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s, %d not covered</summary>\n\n", plain.Count(len(r.Coverage), "documented value"), len(r.Uncovered()))
	b.WriteString("| setting | where | state | judged by |\n| --- | --- | --- | --- |\n")
	for _, c := range r.Coverage {
		by := plain.Code(strings.Join(c.Checks, " "))
		if c.State == report.NotCovered {
			by = plain.Markdown(c.Reason)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", plain.Cell(plain.Code(c.Setting)), plain.Cell(r.Settings.At(c.Line)), c.State, plain.Cell(by))
	}
	b.WriteString("\n</details>\n")
}

func summaryTable(b *bytes.Buffer, results []check.Result) {
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", "All "+plain.Count(len(results), "check"))
	b.WriteString("| status | check | seconds | reason |\n| --- | --- | ---: | --- |\n")
	for _, c := range results {
		fmt.Fprintf(b, "| %s | %s | %.1f | %s |\n", statusOf(c), plain.Cell(plain.Code(c.Name())), c.Seconds,
			plain.Cell(plain.Markdown(plain.Short(plain.OneLine(c.Reason), cellLimit))))
	}
	b.WriteString("\n</details>\n")
}

func summaryExcluded(b *bytes.Buffer, excluded []report.Excluded) {
	if len(excluded) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%d not planned</summary>\n\n", len(excluded))
	b.WriteString("| check | reason |\n| --- | --- |\n")
	for _, x := range excluded {
		fmt.Fprintf(b, "| %s | %s |\n", plain.Cell(plain.Code(check.Name(x.ID, x.Variant))), plain.Cell(plain.Markdown(x.Reason)))
	}
	b.WriteString("\n</details>\n")
}
