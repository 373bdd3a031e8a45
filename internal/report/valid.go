package report

import (
	"fmt"
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// valid holds what a report that was read says by keyword against the keywords that there are: a status, a level or a
// verdict that nobody knows must not reach an output as if it were ours, and must not be compared with anything. Texts
// are made fit to be shown where they are shown.
func (r *Report) valid() error {
	if r.Verdict == "" {
		return fmt.Errorf("it has no verdict")
	}
	if err := keyword("verdict", r.Verdict, Verdicts()...); err != nil {
		return err
	}
	if err := keyword("stack kind", r.Stack.Kind, stack.Containers, stack.Fake, stack.Live); err != nil {
		return err
	}
	for _, e := range r.Plan.Excluded {
		if err := keyword("reason to leave "+e.ID+" out", e.Why, NotApplicable, NotSelected, TurnedOff); err != nil {
			return err
		}
	}
	for _, c := range r.Checks {
		if err := validResult(c); err != nil {
			return err
		}
	}
	return nil
}

func validResult(c check.Result) error {
	if c.ID == "" {
		return fmt.Errorf("one of its checks has no ID")
	}
	if err := keyword("status of "+c.ID, c.Status, Statuses()...); err != nil {
		return err
	}
	if err := keyword("level of "+c.ID, c.Level, check.Must, check.Should, check.Info); err != nil {
		return err
	}
	for _, j := range c.Requirements {
		if err := keyword("outcome of a requirement of "+c.ID, j.Outcome, check.Confirmed, check.Failed, check.NotJudged); err != nil {
			return err
		}
	}
	return nil
}

func keyword[K ~string](what string, value K, known ...K) error {
	if !slices.Contains(known, value) {
		return fmt.Errorf("its %s is %q, which is none of %q", what, string(value), known)
	}
	return nil
}
