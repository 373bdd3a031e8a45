package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
)

// section is checks of one kind under a title, in the order in which both renderings name them: the worst first.
type section struct {
	title  string
	word   string // for the first column of a table
	checks []Check
	write  func(*strings.Builder, []Check)
}

// sections leaves out what is the same and what is empty. What is no must is worse for nobody: it is advice.
func (c Comparison) sections() []section {
	must := func(list []Check) []Check {
		return slices.DeleteFunc(slices.Clone(list), func(one Check) bool { return one.Level != check.Must })
	}
	all := []section{
		{"Worked before, fails after", "broken", must(c.Broken), textTold},
		{"Worked before, was not judged after", "not shown", must(c.Unshown), textTold},
		{"Recommendations that are not met any more", "advice", c.advice(), textTold},
		{"Failed before, works after", "fixed", c.Fixed, textShort},
		{"Was not judged before, works after", "shown", c.Shown, textShort},
		{"Passed neither before nor after, and not for the same reason", "changed", c.Changed, textTold},
		{"New", "new", c.New, textTold},
		{"Gone", "gone", c.Gone, textTold},
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.checks) == 0 })
}

// values are differences under a title.
type values struct {
	title string
	list  []Difference
}

func (c Comparison) differences() []values {
	return []values{
		{"Versions and services that differ", c.Cells},
		{"Settings of the guide that differ", c.Settings},
		{"Choices of the runs that differ", c.Resolved},
		{"Observations that differ", c.Observations},
	}
}

// counts is how many checks there are of each kind.
func (c Comparison) counts() string {
	var parts []string
	for _, s := range append(c.sections(), section{word: "same", checks: c.Same}) {
		if len(s.checks) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(s.checks), s.word))
		}
	}
	if len(parts) == 0 {
		return "no check compared"
	}
	return strings.Join(parts, " · ")
}
