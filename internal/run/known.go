package run

import (
	"fmt"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/known"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// excuses are the known issues that concern a cell: those that come with the program and those of --known. The notes
// name issues that match none of the cell's checks.
func (o Options) excuses(cell suites.Cell, plan []suites.Check, excluded []report.Excluded) (*known.Excuses, []string, error) {
	issues, err := known.Builtin()
	if err != nil {
		return nil, nil, fmt.Errorf("the known issues of this program: %w", err)
	}
	for _, path := range o.Known {
		more, err := known.Load(path)
		if err != nil {
			return nil, nil, usage("--known %w", err)
		}
		issues = append(issues, more...)
	}
	e, err := known.For(issues, cell.Authentik, cell.Immich, o.Now())
	if err != nil {
		return nil, nil, usage("--known %w", err)
	}
	var checks []check.Named
	for _, c := range plan {
		checks = append(checks, check.Named{ID: c.ID, Variant: c.Variant})
	}
	for _, x := range excluded {
		checks = append(checks, check.Named{ID: x.ID, Variant: x.Variant})
	}
	return e, e.Unused(checks), nil
}
