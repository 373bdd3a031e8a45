package run

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// plan selects from the catalogue what applies to the cell and was asked for.
func (o Options) plan(c suites.Cell) ([]suites.Check, []report.Excluded, error) {
	return o.selected(suites.Catalogue(c))
}

// selected is the part of a catalogue that was asked for; a selection that means nothing is an error.
func (o Options) selected(catalogue []suites.Check, exclusions []suites.Exclusion) ([]suites.Check, []report.Excluded, error) {
	if name := check.Twice(catalogue); name != "" {
		return nil, nil, fmt.Errorf("two checks are called %s, so their results could not be told apart; this is a defect of ssoproof", name)
	}
	if err := o.unmatched(catalogue, exclusions); err != nil {
		return nil, nil, err
	}
	selected, excluded := o.choose(catalogue, exclusions)
	if len(selected) == 0 {
		return nil, nil, usage("--only %s --skip %s: nothing is left of the %d checks of this cell; `ssoproof list` names them",
			quoted(o.Only), quoted(o.Skip), len(catalogue))
	}
	return selected, excluded, nil
}

// choose splits a catalogue into what was asked for and what is left out, with the reason.
func (o Options) choose(catalogue []suites.Check, exclusions []suites.Exclusion) ([]suites.Check, []report.Excluded) {
	var excluded []report.Excluded
	for _, e := range exclusions {
		excluded = append(excluded, report.Excluded{ID: e.ID, Why: report.NotApplicable, Reason: e.Reason})
	}
	only, skip := patterns(o.Only), patterns(o.Skip)
	var selected []suites.Check
	for _, c := range catalogue {
		switch {
		case len(only) > 0 && !matchesAny(only, c):
			excluded = append(excluded, report.LeftOut(c.ID, c.Variant, report.NotSelected))
		case matchesAny(skip, c):
			excluded = append(excluded, report.LeftOut(c.ID, c.Variant, report.TurnedOff))
		default:
			selected = append(selected, c)
		}
	}
	return selected, excluded
}

// unmatched names each glob that means no check: a misspelt one must not look like a passed one. What does not apply to
// this cell can be skipped, but not selected.
func (o Options) unmatched(catalogue []suites.Check, exclusions []suites.Exclusion) error {
	var mistakes []error
	for _, glob := range o.Only {
		mistakes = append(mistakes, mistaken("--only", glob, catalogue, exclusions))
	}
	for _, glob := range o.Skip {
		if _, known := exclusion(glob, exclusions); !known {
			mistakes = append(mistakes, mistaken("--skip", glob, catalogue, exclusions))
		}
	}
	return errors.Join(mistakes...)
}

// mistaken says why a glob means no check of the catalogue; nil: it means some.
func mistaken(where, glob string, catalogue []suites.Check, exclusions []suites.Exclusion) error {
	pattern := patterns([]string{glob})
	if slices.ContainsFunc(catalogue, func(c suites.Check) bool { return matchesAny(pattern, c) }) {
		return nil
	}
	if e, known := exclusion(glob, exclusions); known {
		return usage("%s '%s': %s does not apply to this cell: %s", where, glob, e.ID, e.Reason)
	}
	return usage("%s '%s': none of the %d checks of this cell is named so; the nearest are %s (`ssoproof list` names all)",
		where, glob, len(catalogue), strings.Join(nearest(glob, catalogue), ", "))
}

// exclusion is the first that a glob means.
func exclusion(glob string, exclusions []suites.Exclusion) (suites.Exclusion, bool) {
	pattern := patterns([]string{glob})[0]
	i := slices.IndexFunc(exclusions, func(e suites.Exclusion) bool { return pattern.MatchString(e.ID) })
	if i < 0 {
		return suites.Exclusion{}, false
	}
	return exclusions[i], true
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

func quoted(globs []string) string { return fmt.Sprintf("'%s'", strings.Join(globs, ",")) }

func names(checks []suites.Check) []string {
	all := make([]string, len(checks))
	for i, c := range checks {
		all[i] = c.Name()
	}
	return all
}
