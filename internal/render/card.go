package render

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// What a card shows of long lists: it is to fit a screen.
const (
	cardCauses = 3
	cardChecks = 3
	cardValue  = 200 // characters
	cardBrief  = 300
	cardWidth  = 100 // columns
	cardLabel  = len("inconclusive")
)

// Card renders what an issue of either project needs of a run, as one block of Markdown. The block is fenced: whatever a
// page or a product says, nothing in it is markup, a mention or a link. It holds no path of the machine that ran.
func Card(r *report.Report) []byte {
	c := card{r: r, clean: anonymous(r)}
	c.wrapped("ssoproof", fmt.Sprintf("%s, %s, %s stack", r.Run.Tool, r.Cell, r.Stack.Kind))
	c.wrapped(string(r.Verdict), r.Headline())
	c.causes()
	c.failing()
	c.versions()
	how := ""
	if len(r.Resolved) == 0 {
		how = ", as documented: the run ended before it was applied"
	}
	if !r.Live() {
		c.table("authentik's provider"+how, providerFields(r))
		c.table("Immich's OAuth settings"+how, immichFields(r))
	}
	c.table("discovery", discovered(r))
	body := c.b.String()
	fence := "```"
	for strings.Contains(body, fence) {
		fence += "`"
	}
	return []byte(fence + "text\n" + body + fence + "\n")
}

type card struct {
	r     *report.Report
	clean func(string) string // one line without paths of this machine
	b     strings.Builder
}

// wrapped is a label and, beside it, a text of as many lines as it needs.
func (c *card) wrapped(label, text string) {
	if text = c.clean(text); text != "" {
		indent := strings.Repeat(" ", cardLabel+1)
		lines := plain.Wrap(plain.Short(text, findingLimit), cardWidth, indent)
		fmt.Fprintf(&c.b, "%-*s %s\n", cardLabel, label, strings.TrimPrefix(lines, indent))
	}
}

// typed is a label and what is to be typed as it stands.
func (c *card) typed(label, text string) {
	fmt.Fprintf(&c.b, "%-*s %s\n", cardLabel, label, c.clean(text))
}

func (c *card) causes() {
	causes := c.r.Told()
	for i, cause := range causes {
		c.b.WriteByte('\n')
		if i == cardCauses {
			c.wrapped("and", fmt.Sprintf("%d more", len(causes)-i))
			return
		}
		c.wrapped("cause", cause.Title)
		for _, f := range append(remedy(cause), grounds(c.r, cause)...) {
			if f.label == "rerun" {
				c.typed(f.label, f.text)
			} else {
				c.wrapped(f.label, f.text)
			}
		}
	}
}

// failing are the checks that failed, or else those that could not be judged, and the line that repeats what no cause
// repeats already.
func (c *card) failing() {
	c.b.WriteByte('\n')
	rerun := ""
	for _, s := range sections(c.r.Complete()) {
		if s.Weight != report.Violating && s.Weight != report.Unjudged {
			continue
		}
		for i, one := range s.Results {
			if c.r.CauseOf(one.Name()) == nil && rerun == "" {
				rerun = one.Name()
			}
			if i < cardChecks {
				label, _, _ := strings.Cut(string(one.Status), "-")
				c.wrapped(label, one.Name()+": "+plain.Short(brief(one), cardBrief))
			}
		}
		if more := len(s.Results) - cardChecks; more > 0 {
			c.wrapped("and", fmt.Sprintf("%d more", more))
		}
		break
	}
	if rerun != "" || len(c.r.Told()) == 0 {
		c.typed("rerun", c.r.Rerun(rerun))
	}
}

// brief is what a check found, in a sentence.
func brief(one check.Result) string {
	p := report.Problems(one)
	if len(p) == 0 {
		return one.Title
	}
	text := sentence(p[0].Message)
	if p[0].Expected != "" {
		text += ": expected " + p[0].Expected
	}
	if p[0].Actual != "" {
		text += ", got " + p[0].Actual
	}
	return text
}

func (c *card) versions() {
	r := c.r
	c.b.WriteByte('\n')
	for _, s := range r.Stack.Services {
		label := map[string]string{"authentik": "authentik", "authentik-server": "authentik", "immich": "Immich"}[s.Name]
		switch {
		case label == "":
		case s.Fake && s.Image == "":
			c.wrapped(label, s.Observed+" (a simulation)")
		default:
			c.wrapped(label, s.Observed+" "+s.Image)
			if s.Pulled != "" {
				c.wrapped("", "pulled as "+s.Pulled)
			} else if s.Digest != "" {
				c.wrapped("", s.Digest)
			}
		}
	}
	if !r.Live() {
		c.wrapped("guide", pageOf(r))
	}
}

// pageOf is the guide, with the commit that it is of.
func pageOf(r *report.Report) string {
	switch commit := r.Settings.Commit; {
	case r.Settings.Revision == "":
		return r.Settings.Source
	case commit == "":
		return r.Settings.Revision + ", " + r.Settings.Source
	default:
		return r.Settings.Revision + ", " + r.Settings.Source + " at " + commit[:min(12, len(commit))]
	}
}

// row is one setting of a card.
type row struct{ name, value, from string }

func (c *card) table(title string, rows []row) {
	if len(rows) == 0 {
		return
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", c.clean(row.name), plain.Short(c.clean(row.value), cardValue), plain.Short(c.clean(row.from), cardValue))
	}
	w.Flush() // into memory
	fmt.Fprintf(&c.b, "\n%s\n", title)
	for line := range strings.Lines(b.String()) {
		fmt.Fprintln(&c.b, strings.TrimRight(line, " \n"))
	}
}
