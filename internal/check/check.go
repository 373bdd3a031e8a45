// Package check says what a check is, runs a plan of checks and gives each exactly one status. It knows no product and
// uses the standard library only.
package check

import (
	"sort"
	"strings"
	"time"
)

// Level is what a failed check means for the verdict.
type Level string

// The levels. Only Must makes a violation.
const (
	Must   Level = "must"
	Should Level = "should"
	Info   Level = "info"
)

// Status is the outcome of a check. Nothing but Pass counts as passed.
type Status string

// The statuses; they are disjoint.
const (
	Pass           Status = "pass"
	Fail           Status = "fail"            // a statement about the products is not true
	Skip           Status = "skip"            // blocked by a named check that did not pass, or turned off
	Inconclusive   Status = "inconclusive"    // the environment kept the check from judging
	Error          Status = "error"           // a defect of the harness
	ExpectedFail   Status = "expected-fail"   // failed, and a known issue says so
	UnexpectedPass Status = "unexpected-pass" // passed although a known issue expects a failure
)

// Requirement is the sentence that a check is bound to: a guide line, a section of a specification, or what a product
// promises. A body confirms every requirement by its key.
type Requirement struct {
	Key    string `json:"key"`
	Text   string `json:"text"`
	Source Source `json:"source,omitzero"`
}

// Check is one judged statement. E is what its body works with.
type Check[E any] struct {
	ID           string // stable and dotted, never a prefix of another
	Title        string // the behaviour, as a sentence
	Level        Level
	Variant      Variant
	Requirements []Requirement
	Needs        []string // IDs or names of checks without which this one proves nothing
	// Covers names the guide's settings that the body puts to the proof, by the keys of report.json: immich_issuer,
	// launch_url, redirect_uris/app.
	Covers []string
	// Assumes names what the body takes for granted of the products' settings. Where one is not so, the check is not planned.
	Assumes []string
	// Changes names the product configuration that the body changes; such checks run alone, after all others.
	Changes string
	// Provokes is set where the body asks for refusals: the last one that it got may be the one that it wanted.
	Provokes bool
	// Timeout is the time that the body may take; 0 takes the runner's.
	Timeout time.Duration
	Body    func(*T, E)
}

// Name is the ID and the variant: login.mobile.native[app=2.6,slashes=3].
func (c Check[E]) Name() string { return Name(c.ID, c.Variant) }

// Twice is the first name that two checks of a plan share; empty: there is none. Results are told apart by their names,
// so a plan with a double must not run.
func Twice[E any](plan []Check[E]) string {
	seen := make(map[string]bool, len(plan))
	for _, c := range plan {
		if seen[c.Name()] {
			return c.Name()
		}
		seen[c.Name()] = true
	}
	return ""
}

// Variant tells apart the cases of one check by purpose: uri=app, miss=host-dot.
type Variant map[string]string

// String is the sorted list of key=value.
func (v Variant) String() string {
	pairs := make([]string, 0, len(v))
	for key, value := range v {
		pairs = append(pairs, key+"="+value)
	}
	sort.Strings(pairs)
	return strings.Join(pairs, ",")
}

// Name joins an ID and a variant as they stand in every output.
func Name(id string, v Variant) string {
	if len(v) == 0 {
		return id
	}
	return id + "[" + v.String() + "]"
}
