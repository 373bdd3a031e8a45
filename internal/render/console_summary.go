package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// Summary says what the run proves, what failed and what a person can do about it. dir is the output directory.
func (c *Console) Summary(r *report.Report, dir string) {
	results := r.Complete()
	var b strings.Builder
	c.causes(&b, r)
	for _, s := range sections(r.Unexplained(results)) {
		fmt.Fprintf(&b, "\n%s\n", c.paint(bold, s.Title))
		if s.Weight == report.ForInformation {
			notes(&b, s.Results)
			continue
		}
		for _, one := range s.Results {
			c.result(&b, r, one, dir)
		}
	}
	c.blocked(&b, r, results)
	c.upgrade(&b, r.Upgrade)
	c.uncovered(&b, r)
	fmt.Fprintf(&b, "\n%s\n", counts(results))
	verdict := c.paint(bold+";"+verdictColour(r.Verdict), "Verdict: "+string(r.Verdict))
	fmt.Fprintf(&b, "%s\n%s\n", verdict, plain.Wrap(r.Headline(), 100, ""))
	c.answer(&b, r.Answer())
	if banner := r.Banner(); banner != "" {
		fmt.Fprintln(&b, c.paint(magenta, plain.Wrap(banner, 100, "! ")))
	}
	fmt.Fprintf(&b, "Report: %s\n", report.Readable(dir))
	c.print(b.String())
}

// result is one broken result with the way to mend and to repeat it.
func (c *Console) result(b *strings.Builder, r *report.Report, one check.Result, dir string) {
	fmt.Fprintf(b, "\n  %s %s\n", c.paint(colour(report.Weigh(one)), string(one.Status)), c.paint(bold, one.Name()))
	line := func(label, text string) { labelled(b, label, text) }
	line("proves", one.Title)
	if len(one.Findings) > 0 && one.Status != check.Fail {
		line("reason", one.Reason)
	}
	for _, p := range report.Problems(one) {
		line("requires", requirement(p))
		line("at fault", p.Source.String())
		line("found", p.Message)
		line("expected", p.Expected)
		line("actual", p.Actual)
		line("fix", p.Fix)
	}
	for _, s := range one.Steps {
		if s.Error != "" {
			line("step", fmt.Sprintf("%s, after %s: %s", s.Name, plain.Seconds(s.Seconds), s.Error))
		}
	}
	for _, e := range one.Evidence {
		line("evidence", filepath.Join(dir, filepath.FromSlash(e.Path)))
	}
	line("rerun", r.Rerun(one.Name()))
}

// labelled is one line of a result or of a cause; a text of more lines goes on below.
func labelled(b *strings.Builder, label, text string) {
	if text != "" {
		text = strings.ReplaceAll(strings.TrimSpace(plain.Printable(text)), "\n", "\n               ")
		fmt.Fprintf(b, "    %-11s%s\n", label, plain.Short(text, findingLimit))
	}
}

// causes says why checks did not pass and what to change, once for all that a cause explains.
func (c *Console) causes(b *strings.Builder, r *report.Report) {
	causes := r.Told()
	if len(causes) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", c.paint(bold, "Causes"))
	for _, cause := range causes {
		fmt.Fprintf(b, "\n  %s\n", c.paint(colour(r.WeighCause(cause)), plain.OneLine(cause.Title)))
		for _, f := range slices.Concat(remedy(cause), grounds(r, cause)) {
			labelled(b, f.label, f.text)
		}
	}
}

// notes are what is worth knowing and asks for nothing, a line each: the other outputs have all of it.
func notes(b *strings.Builder, results []check.Result) {
	b.WriteString("\n")
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, one := range results {
		said := one.Reason
		if problems := report.Problems(one); len(problems) > 0 {
			said = problems[0].Message
		}
		fmt.Fprintf(table, "  %s\t%s\n", one.Name(), plain.Short(plain.OneLine(said), findingLimit))
	}
	_ = table.Flush() // a builder takes everything
}

// uncovered names the documented values of which nothing was judged. A selection covers little, and says so itself.
func (c *Console) uncovered(b *strings.Builder, r *report.Report) {
	list := r.Uncovered()
	if len(list) == 0 || r.Plan.LeftOut() > 0 || r.Verdict == report.Interrupted {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", c.paint(bold, "Documented and not covered"))
	for _, v := range list {
		fmt.Fprintf(b, "%s\n", plain.Wrap(plain.OneLine(fmt.Sprintf("%s (%s): %s", v.Setting, r.Settings.Ref(v.Line), v.Reason)), 100, "  "))
	}
}

// blocked names each reason once, with the checks that it kept from running.
func (c *Console) blocked(b *strings.Builder, r *report.Report, results []check.Result) {
	var reasons []string
	names := map[string][]string{}
	for _, one := range r.Unexplained(results) {
		if !report.Echo(one) {
			continue
		}
		if names[one.Reason] == nil {
			reasons = append(reasons, one.Reason)
		}
		names[one.Reason] = append(names[one.Reason], one.Name())
	}
	if len(reasons) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n\n", c.paint(bold, "Not run"))
	for _, reason := range reasons {
		list := strings.Join(names[reason], ", ")
		if len(results) > 1 && len(names[reason]) == len(results) {
			list = "all " + plain.Count(len(results), "check")
		}
		fmt.Fprintf(b, "%s\n", plain.Wrap(plain.OneLine(reason)+": "+list, 100, "    "))
	}
}

func counts(results []check.Result) string {
	results = report.Counted(results)
	n := map[check.Status]int{}
	for _, r := range results {
		n[r.Status]++
	}
	var parts []string
	for _, s := range report.Statuses() {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	if len(parts) == 0 {
		return "no check ended"
	}
	return strings.Join(parts, " · ")
}

func verdictColour(v report.Verdict) string {
	switch v.ExitCode() {
	case 0:
		return green
	case 1:
		return red
	default:
		return yellow
	}
}
