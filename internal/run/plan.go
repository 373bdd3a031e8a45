package run

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// plan selects from the catalogue what applies to the cell and was asked for.
func (o Options) plan(c suites.Cell) ([]suites.Check, []report.Excluded, error) {
	catalogue, exclusions := suites.Catalogue(c)
	var excluded []report.Excluded
	for _, e := range exclusions {
		excluded = append(excluded, report.Excluded{ID: e.ID, Reason: e.Reason})
	}
	only, skip := patterns(o.Only), patterns(o.Skip)
	var selected []suites.Check
	for _, check := range catalogue {
		switch {
		case len(only) > 0 && !matchesAny(only, check):
			excluded = append(excluded, report.Excluded{ID: check.ID, Variant: check.Variant, Reason: "not selected by --only"})
		case matchesAny(skip, check):
			excluded = append(excluded, report.Excluded{ID: check.ID, Variant: check.Variant, Reason: "turned off by --skip"})
		default:
			selected = append(selected, check)
		}
	}
	if len(selected) == 0 {
		return nil, nil, usage("the selection (--only %s --skip %s) matches none of the %d checks of this cell; `ssoproof list` names them",
			quoted(o.Only), quoted(o.Skip), len(catalogue))
	}
	for i, pattern := range only {
		if !matchesSome(pattern, catalogue) {
			return nil, nil, usage("--only %s matches none of the %d checks of this cell; `ssoproof list` names them", quoted(o.Only[i:i+1]), len(catalogue))
		}
	}
	return selected, excluded, nil
}

// patterns turns globs into expressions: * is any text, ? any character, all else (also brackets) stands for itself.
func patterns(globs []string) []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, glob := range globs {
		expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(glob))
		all = append(all, regexp.MustCompile("^(?:"+expression+")$"))
	}
	return all
}

func matchesAny(patterns []*regexp.Regexp, c suites.Check) bool {
	for _, p := range patterns {
		if p.MatchString(c.ID) || p.MatchString(c.Name()) {
			return true
		}
	}
	return false
}

func matchesSome(p *regexp.Regexp, checks []suites.Check) bool {
	for _, c := range checks {
		if matchesAny([]*regexp.Regexp{p}, c) {
			return true
		}
	}
	return false
}

func quoted(globs []string) string { return fmt.Sprintf("'%s'", strings.Join(globs, ",")) }

func names(checks []suites.Check) []string {
	all := make([]string, len(checks))
	for i, c := range checks {
		all[i] = c.Name()
	}
	return all
}
