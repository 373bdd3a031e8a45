package suites

import (
	"fmt"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Exclusion is a check that does not apply to a cell, and why.
type Exclusion struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Catalogue is every check that applies to the cell, in the order in which it is best run: what all others rest on
// first, what changes configuration last.
func Catalogue(c Cell) ([]Check, []Exclusion) {
	var plan []Check
	var excluded []Exclusion
	for _, theme := range []func(Cell) ([]Check, []Exclusion){
		guideChecks, discoveryChecks, loginChecks, forgedChecks, redirectChecks, mobileChecks, linkChecks, tokenChecks, accountChecks, sessionChecks, logoutChecks,
		opChecks, rpChecks, launchChecks, backchannelChecks,
	} {
		checks, out := theme(c)
		plan = append(plan, checks...)
		excluded = append(excluded, out...)
	}
	fit, out := c.fitting(plan)
	return fit, append(excluded, out...)
}

// product names a release as the source of a requirement.
func (c Cell) authentik() string { return "authentik " + c.Authentik.Version }
func (c Cell) immich() string    { return "Immich " + c.Immich.Version }

// one is the common form of a check without variants.
func one[E any](id, title string, body func(*check.T, E), requirements ...check.Requirement) check.Check[E] {
	return check.Check[E]{ID: id, Title: title, Level: check.Must, Requirements: requirements, Body: body}
}

// provoking marks checks that ask for refusals.
func provoking(checks ...Check) []Check {
	for i := range checks {
		checks[i].Provokes = true
	}
	return checks
}

// covering is a check that puts settings of the guide to the proof.
func covering(c Check, settings ...string) Check {
	c.Covers = settings
	return c
}

// demand is a requirement; its source is a line of the guide, or the name of a specification's section or of a release.
func demand[S string | check.Source](key string, source S, format string, args ...any) check.Requirement {
	q := check.Requirement{Key: key, Text: fmt.Sprintf(format, args...)}
	switch source := any(source).(type) {
	case string:
		q.Source.Work = source
	case check.Source:
		q.Source = source
	}
	return q
}
