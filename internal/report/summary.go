package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Limits keep the summary far below the 1 MiB that GitHub takes for a step.
const (
	cellLimit    = 300  // characters of a reason in a table
	findingLimit = 2000 // characters of one value of a finding
)

// Summary renders the report as Markdown for GITHUB_STEP_SUMMARY.
func Summary(r *Report) ([]byte, error) {
	var b bytes.Buffer
	results := r.complete()
	fmt.Fprintf(&b, "# ssoproof: %s\n\n**%s**\n\n%s\n", r.Verdict, mdText(r.Cell.String()), mdText(r.Headline()))
	if banner := r.Banner(); banner != "" {
		fmt.Fprintf(&b, "\n> %s\n", mdText(banner))
	}
	summaryCounts(&b, results)
	summaryUpgrade(&b, r.Upgrade)
	for _, s := range sections(results) {
		fmt.Fprintf(&b, "\n## %s\n", s.Title)
		for _, c := range s.Results {
			summaryResult(&b, r, c)
		}
	}
	summaryTable(&b, results)
	summaryExcluded(&b, r.Plan.Excluded)
	fmt.Fprintf(&b, "\n%s, %s stack, %s, ssoproof %s.\n", mdText(r.Run.ID), r.Stack.Kind, seconds(r.Run.Seconds),
		mdText(r.Run.Tool))
	return b.Bytes(), nil
}

func summaryCounts(b *bytes.Buffer, results []check.Result) {
	n := map[check.Status]int{}
	for _, c := range results {
		n[c.Status]++
	}
	head, rule, row := "", "", ""
	for _, s := range statuses() {
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

func summaryResult(b *bytes.Buffer, r *Report, c check.Result) {
	fmt.Fprintf(b, "\n### %s %s\n\n", c.Status, mdCode(c.Name()))
	if c.Title != "" {
		fmt.Fprintf(b, "%s\n\n", mdText(c.Title))
	}
	item := func(label, value string) {
		if value != "" {
			fmt.Fprintf(b, "- %s: %s\n", label, value)
		}
	}
	if c.Status != check.Fail {
		item("Reason", mdText(short(c.Reason, findingLimit)))
	}
	for _, p := range problems(c) {
		item("Requirement", mdText(p.requirement()))
		item("At fault", mdCode(p.Source))
		if p.Message != c.Reason || c.Status == check.Fail {
			item("Finding", mdText(short(p.Message, findingLimit)))
		}
		item("Expected", mdCode(short(p.Expected, findingLimit)))
		item("Actual", mdCode(short(p.Actual, findingLimit)))
		item("Fix", mdCode(short(p.Fix, findingLimit)))
	}
	item("Rerun", mdCode(r.rerun(c.Name())))
}

func summaryTable(b *bytes.Buffer, results []check.Result) {
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", "All "+count(len(results), "check"))
	b.WriteString("| status | check | seconds | reason |\n| --- | --- | ---: | --- |\n")
	for _, c := range results {
		fmt.Fprintf(b, "| %s | %s | %.1f | %s |\n", c.Status, mdCell(mdCode(c.Name())), c.Seconds,
			mdCell(mdText(short(oneLine(c.Reason), cellLimit))))
	}
	b.WriteString("\n</details>\n")
}

func summaryExcluded(b *bytes.Buffer, excluded []Excluded) {
	if len(excluded) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%d not planned</summary>\n\n", len(excluded))
	b.WriteString("| check | reason |\n| --- | --- |\n")
	for _, x := range excluded {
		fmt.Fprintf(b, "| %s | %s |\n", mdCell(mdCode(check.Name(x.ID, x.Variant))), mdCell(mdText(x.Reason)))
	}
	b.WriteString("\n</details>\n")
}

// mdSpecial takes from a text whatever is markup, a link or a mention in Markdown.
var mdSpecial = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "&#64;", `\`, `\\`, "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`)

func mdText(s string) string { return mdSpecial.Replace(oneLine(s)) }

// mdCode is a code span; the fence is longer than any run of backticks within.
func mdCode(s string) string {
	s = oneLine(s)
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// mdCell keeps a text within its cell of a table.
func mdCell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
