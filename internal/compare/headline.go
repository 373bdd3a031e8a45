package compare

import (
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// headline says the verdict in plain words, and what a reader must not miss under any verdict.
func (c Comparison) headline() string {
	was, is := c.versions()
	var text plain.Sentences
	text.Say(musts(c.Broken, always), fmt.Sprintf("1 check worked %s and fails %s.", was, is),
		fmt.Sprintf("%%d checks worked %s and fail %s.", escaped(was), escaped(is)))
	switch c.Verdict {
	case CannotTell:
		text = append(text, "Nothing that worked is seen to fail, but it cannot be told that all is as good as before.")
	case Better, Same:
		text = append(text, "What worked before still works.")
	}
	text.Say(musts(c.Unshown, always), "1 check that passed was not judged any more.", "%d checks that passed were not judged any more.")
	text.Say(musts(c.Gone, lost), "1 check that passed was left out on request.", "%d checks that passed were left out on request.")
	text.Say(musts(c.New, unsound), "1 new check does not pass, and nothing says how it was before.",
		"%d new checks do not pass, and nothing says how they were before.")
	text.Say(musts(c.Changed, surfaced), "1 check fails that was not judged before.", "%d checks fail that were not judged before.")
	text.Say(musts(c.Fixed, always), fmt.Sprintf("1 check failed %s and works %s.", was, is),
		fmt.Sprintf("%%d checks failed %s and work %s.", escaped(was), escaped(is)))
	text.Say(musts(c.Shown, always), "1 check works that was not judged before.", "%d checks work that were not judged before.")
	text.Say(musts(c.Same, failing)+musts(c.Changed, failing)-musts(c.Changed, surfaced), "1 check fails before and after.",
		"%d checks fail before and after.")
	advice := len(c.advice())
	text.Say(advice, "1 recommendation is not met any more, which is advice.", "%d recommendations are not met any more, which is advice.")
	return strings.Join(text, " ")
}

func failing(one Check) bool { return one.After.failed() }

// escaped is a text within a format.
func escaped(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// advice is what passed before and does not pass after, of levels that decide nothing.
func (c Comparison) advice() []Check {
	var list []Check
	for _, from := range [][]Check{c.Broken, c.Unshown} {
		for _, one := range from {
			if one.Level != check.Must {
				list = append(list, one)
			}
		}
	}
	return list
}

// versions names what differs between the two runs, "with authentik 2024.8.4" and "with authentik 2024.8.6": the cell,
// else what ran in it, else only "before" and "after".
func (c Comparison) versions() (was, is string) {
	var b, a []string
	for _, d := range c.Cells {
		if isCell(d.Name) {
			b, a = append(b, d.Name+" "+named(d.Before)), append(a, d.Name+" "+named(d.After))
		}
	}
	for _, d := range c.Cells {
		if len(b) == 0 && d.Before != "" && d.After != "" {
			b, a = append(b, d.Name+" "+d.Before), append(a, d.Name+" "+d.After)
		}
	}
	if len(b) == 0 {
		return "before", "after"
	}
	return "with " + strings.Join(b, " and "), "with " + strings.Join(a, " and ")
}
