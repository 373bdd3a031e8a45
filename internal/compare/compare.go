// Package compare says what changed between two runs, check by check: before and after an upgrade, a change of the guide,
// or anything else.
package compare

import (
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// SchemaVersion is the version of a Comparison's JSON form.
const SchemaVersion = 1

// Comparison is what differs between two runs; it is the form of `ssoproof compare --format json`. Each check of either
// run is in exactly one of the lists, unless the two are different in kind: then the lists are empty.
type Comparison struct {
	SchemaVersion int      `json:"schemaVersion"`
	Before        Run      `json:"before"`
	After         Run      `json:"after"`
	Verdict       Verdict  `json:"verdict"`
	Headline      string   `json:"headline"` // the verdict in plain words
	Notes         []string `json:"notes"`    // what a reader has to know of the two runs

	Broken  []Check `json:"broken"`  // passed before, fails after
	Unshown []Check `json:"unshown"` // passed before, was not judged after
	Fixed   []Check `json:"fixed"`   // failed before, passes after
	Shown   []Check `json:"shown"`   // was not judged before, passes after
	Changed []Check `json:"changed"` // passes in neither, and not for the same reason
	New     []Check `json:"new"`     // planned only after
	Gone    []Check `json:"gone"`    // planned only before
	Same    []Check `json:"same"`

	Cells        []Difference `json:"cells"`    // versions, the guide's name, and what ran
	Settings     []Difference `json:"settings"` // of the guide
	Resolved     []Difference `json:"resolved"` // what the runs chose where the guide is silent
	Observations []Difference `json:"observations"`
}

// Run is one of the two runs.
type Run struct {
	ID         string         `json:"id"`
	Tool       string         `json:"toolVersion"`
	Cell       report.Cell    `json:"cell"`
	Stack      stack.Kind     `json:"stack"`
	Fake       bool           `json:"fake"` // a double stood for a product
	Verdict    report.Verdict `json:"verdict"`
	Planned    int            `json:"planned"`    // checks
	NotReached int            `json:"notReached"` // of them, when the run was cut off
}

// Check is one check, by its name, in both runs.
type Check struct {
	Name  string      `json:"name"`
	Title string      `json:"title"`
	Level check.Level `json:"level"` // Must where either run says so
	// Before and After are nil where the check was not planned.
	Before *Outcome `json:"before,omitempty"`
	After  *Outcome `json:"after,omitempty"`
	// Why says how the two differ, "worked with authentik 2024.8.4, fails with authentik 2024.8.6", or why one of the
	// runs has none; empty where no reason is known.
	Why string `json:"why,omitempty"`
	// Excluded is the kind of reason for which one of the runs did not plan it; empty where both did.
	Excluded report.Why `json:"excluded,omitempty"`
}

// Outcome is what a check came to in one run.
type Outcome struct {
	Status check.Status `json:"status"`
	Reason string       `json:"reason,omitempty"`
	// Findings name as their source what is at fault, else where the requirement comes from.
	Findings []check.Finding `json:"findings,omitempty"`
}

// Difference is a value that is not the same in both runs; a side that has none is empty.
type Difference struct {
	Check    string `json:"check,omitempty"` // whose observation it is
	Name     string `json:"name"`
	Before   string `json:"before"`
	After    string `json:"after"`
	BeforeAt string `json:"beforeAt,omitempty"` // the guide's line
	AfterAt  string `json:"afterAt,omitempty"`
}

// Reports compares two runs. Neither report is changed.
func Reports(before, after *report.Report) Comparison {
	b, a := sideOf("before", before), sideOf("after", after)
	b.takePlan(a)
	a.takePlan(b)
	c := Comparison{
		SchemaVersion: SchemaVersion, Before: b.run(), After: a.run(), Notes: append([]string{}, notes(b, a)...),
		Broken: []Check{}, Unshown: []Check{}, Fixed: []Check{}, Shown: []Check{}, Changed: []Check{}, New: []Check{},
		Gone: []Check{}, Same: []Check{}, Resolved: []Difference{}, Observations: []Difference{},
		Cells: cells(before, after), Settings: settings(before, after),
	}
	if why := differentInKind(b, a); why != "" {
		c.Verdict, c.Headline = DifferentInKind, why
		return c
	}
	c.sort(b, a)
	c.Resolved = append(c.Resolved, resolved(before, after)...)
	c.Observations = append(c.Observations, observations(b, a)...)
	c.Verdict = c.decide()
	c.Headline = c.headline()
	return c
}
