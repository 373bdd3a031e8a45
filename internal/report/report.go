// Package report keeps what a run found as one bundle, report.json, and says what verdict it comes to. Everything that
// people read is rendered from it, by the packages render, site and compare.
package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// SchemaVersion is the version of report.json that this package reads and writes.
const SchemaVersion = 2

// Report is everything that is known of one run; it is the form of report.json.
type Report struct {
	SchemaVersion int            `json:"schemaVersion"`
	Run           Run            `json:"run"`
	Cell          Cell           `json:"cell"`
	Stack         Stack          `json:"stack"`
	Settings      guide.Settings `json:"settings"`
	Resolved      []Resolved     `json:"resolved"`
	Notes         []string       `json:"notes"`
	Plan          Plan           `json:"plan"`
	Checks        []check.Result `json:"checks"`
	// Coverage is what the run says of each value that the guide documents; empty until it ends.
	Coverage []Coverage `json:"coverage"`
	// Causes is why checks did not pass, each once, the most serious first; empty until the run ends.
	Causes []Cause `json:"causes"`
	// Upgrade is what led to this cell; nil where the guide was applied to it.
	Upgrade *Upgrade `json:"upgrade,omitempty"`
	// Verdict is Interrupted until the run ends, so that a killed run says so.
	Verdict Verdict `json:"verdict"`
}

// Run says when, how and by what the report was made.
type Run struct {
	ID         string    `json:"id"`
	Started    time.Time `json:"started"`
	Seconds    float64   `json:"seconds"`
	Phases     []Phase   `json:"phases"`
	Command    []string  `json:"command"` // the program's name and its arguments
	Tool       string    `json:"toolVersion"`
	PeakMemory int64     `json:"peakMemoryBytes"` // of the harness process
	// Error is why the run ended before its checks, e.g. that the stack could not be provided.
	Error string `json:"error,omitempty"`
	// Withheld are the files that held a secret of the run, relative to report.json.
	Withheld []string `json:"withheld,omitempty"`
}

// Phase is one part of the run: guide, plan, stack, configure, judge.
type Phase struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Cell is what the run judged: two versions and one revision of the guide.
type Cell struct {
	Authentik string `json:"authentik"`
	Immich    string `json:"immich"`
	Guide     string `json:"guide"` // a revision, a file or a URL; empty: a live pair, to which none was applied
	// Pair says that it is a pair file, in the place of a guide.
	Pair bool `json:"pair,omitempty"`
	// At is where a live pair is: the origin of its Immich.
	At string `json:"at,omitempty"`
}

// String names the cell for people, a page of one's own by its name.
func (c Cell) String() string {
	if c.At != "" {
		return fmt.Sprintf("%s (Immich %s, authentik %s)", c.At, cmp.Or(c.Immich, "unknown"), cmp.Or(c.Authentik, "unknown"))
	}
	kind := "guide"
	if c.Pair {
		kind = "pair"
	}
	return fmt.Sprintf("authentik %s × Immich %s × %s %s", c.Authentik, c.Immich, kind, c.GuideName())
}

// GuideName is the revision, or the name of the page without the way to it.
func (c Cell) GuideName() string { return path.Base(filepath.ToSlash(c.Guide)) }

// Stack is what the checks ran against.
type Stack struct {
	Kind     stack.Kind      `json:"kind"`
	Warm     bool            `json:"warm"` // the databases came from a snapshot
	Services []stack.Service `json:"services"`
}

// Resolved is a value that the run chose where the guide leaves the choice or says nothing.
type Resolved struct {
	Product string `json:"product"`
	Field   string `json:"field"`
	Value   string `json:"value"`
	Reason  string `json:"reason"`
	Line    int    `json:"line,omitempty"` // of the guide; 0 where it is silent
	// NotCarried names what of a pair file this leaves out or replaces; empty: nothing.
	NotCarried string `json:"not_carried,omitempty"`
}

// Plan is what was to be judged, and what was not and why.
type Plan struct {
	Checks   []string   `json:"checks"` // names, in order
	Excluded []Excluded `json:"excluded"`
}

// Why is the kind of reason for which a check is not planned.
type Why string

// Why a check is not planned.
const (
	NotApplicable Why = "not-applicable" // to this cell; the reason says why
	NotSelected   Why = "not-selected"   // by --only
	TurnedOff     Why = "turned-off"     // by --skip
)

// Excluded is a check that does not apply to this cell or was left out on request.
type Excluded struct {
	ID      string        `json:"id"`
	Variant check.Variant `json:"variant,omitempty"`
	Why     Why           `json:"why"`
	Reason  string        `json:"reason"` // for people
}

// LeftOut is a check that would have applied to the cell, and was left out on request.
func LeftOut(id string, variant check.Variant, why Why) Excluded {
	reason := "not selected by --only"
	if why == TurnedOff {
		reason = "turned off by --skip"
	}
	return Excluded{ID: id, Variant: variant, Why: why, Reason: reason}
}

// OnRequest reports whether the check would have applied to the cell.
func (e Excluded) OnRequest() bool { return e.Why == NotSelected || e.Why == TurnedOff }

// LeftOut is the number of checks that were left out on request.
func (p Plan) LeftOut() int {
	n := 0
	for _, e := range p.Excluded {
		if e.OnRequest() {
			n++
		}
	}
	return n
}

// Fake reports whether any part of the stack was a double.
func (r *Report) Fake() bool {
	return r.Stack.Kind == stack.Fake ||
		slices.ContainsFunc(r.Stack.Services, func(s stack.Service) bool { return s.Fake })
}

// Live reports whether the pair was there, and nothing was done to it.
func (r *Report) Live() bool { return r.Stack.Kind == stack.Live }

// encode writes the report as JSON in which every list is a list, also an empty one.
func (r Report) encode() ([]byte, error) {
	r.SchemaVersion = SchemaVersion
	r.Run.Phases = list(r.Run.Phases)
	r.Run.Command = list(r.Run.Command)
	r.Stack.Services = list(r.Stack.Services)
	r.Settings.RedirectURIs = list(r.Settings.RedirectURIs)
	r.Resolved = list(r.Resolved)
	r.Notes = list(r.Notes)
	r.Plan.Checks = list(r.Plan.Checks)
	r.Plan.Excluded = list(r.Plan.Excluded)
	r.Upgrade = r.Upgrade.complete()
	r.Coverage = list(r.Coverage)
	r.Causes = slices.Clone(list(r.Causes))
	for i := range r.Causes {
		r.Causes[i].Checks = list(r.Causes[i].Checks)
	}
	r.Checks = slices.Clone(list(r.Checks))
	for i := range r.Checks {
		r.Checks[i].Requirements = list(r.Checks[i].Requirements)
	}
	data, err := json.MarshalIndent(r, "", "  ")
	return append(data, '\n'), err
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
