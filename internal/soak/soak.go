// Package soak runs the catalogue on doubles many times, under load and without, and says which check did not come to the
// same each time. It is a tool for who writes checks, and no part of the program.
package soak

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/trial"
)

// Soak is a series of runs, each on a cell, with so many checks at once, in the browser or over HTTP alone, with the
// machine idle or busy, as the seed has it.
type Soak struct {
	Cells   []trial.Cell
	Only    []string // names of checks; none: all
	Runs    int
	Seed    uint64
	Browser float64 // the share of runs with the checks in the browser, from 0 to 1
	Busy    float64 // the share of runs on a busy machine
	// Load makes the machine busy until the returned function is called.
	Load func() (stop func(), err error)
	Log  io.Writer
}

// told is what one run said of a check.
type told struct {
	run    int
	status check.Status
	reason string
}

// Run makes the runs, and returns what differed, a line each. What differs is also logged as it comes.
func (s Soak) Run(ctx context.Context) ([]string, error) {
	random := rand.New(rand.NewPCG(s.Seed, 0)) //nolint:gosec // it has to be made again from its seed
	heard := map[string][]told{}
	inBrowser, err := s.inBrowser(ctx)
	if err != nil {
		return nil, err
	}
	for n := 1; n <= s.Runs; n++ {
		t := trial.Trial{Cell: s.Cells[random.IntN(len(s.Cells))], Only: s.Only, Parallel: 1 + random.IntN(8)}
		if t.Browser = random.Float64() < s.Browser; !t.Browser {
			t.Skip = inBrowser[t.Cell]
		}
		busy := random.Float64() < s.Busy
		began := time.Now()
		results, err := s.one(ctx, t, busy)
		if err != nil {
			return nil, fmt.Errorf("run %d (%s): %w", n, t.Cell, err)
		}
		fmt.Fprintf(s.Log, "run %d of %d: %s, %d at once%s%s: %.1f s\n", n, s.Runs, t.Cell, t.Parallel,
			when(t.Browser, ", in the browser"), when(busy, ", busy"), time.Since(began).Seconds())
		for _, r := range results {
			key := t.Cell.String() + ": " + r.Name()
			if before := heard[key]; len(before) > 0 && before[0].status != r.Status {
				fmt.Fprintf(s.Log, "  %s: %s, before %s%s\n", r.Name(), r.Status, before[0].status, when(r.Reason != "", ": "+r.Reason))
			}
			heard[key] = append(heard[key], told{n, r.Status, r.Reason})
		}
	}
	return differing(heard), nil
}

func (s Soak) one(ctx context.Context, t trial.Trial, busy bool) ([]check.Result, error) {
	if busy {
		stop, err := s.Load()
		if err != nil {
			return nil, err
		}
		defer stop()
	}
	return t.Run(ctx)
}

// inBrowser are the checks of each cell that ask for a browser: those that a run without one says nothing of.
func (s Soak) inBrowser(ctx context.Context) (map[trial.Cell][]string, error) {
	names := map[trial.Cell][]string{}
	for _, cell := range s.Cells {
		all, err := trial.Trial{Cell: cell}.Names(ctx)
		if err != nil {
			return nil, err
		}
		if len(s.Only) > 0 {
			all = s.Only
		}
		for _, name := range all { // alone, since others rest on it
			results, err := trial.Trial{Cell: cell, Only: []string{name}, Limit: time.Minute}.Run(ctx)
			if err != nil {
				return nil, err
			}
			if status := results[0].Status; status == check.Error || status == check.Inconclusive {
				names[cell] = append(names[cell], name)
			}
		}
	}
	return names, nil
}

func differing(heard map[string][]told) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(heard)) {
		byStatus := map[check.Status][]string{}
		for _, t := range heard[key] {
			byStatus[t.status] = append(byStatus[t.status], fmt.Sprintf("run %d%s", t.run, when(t.reason != "", " ("+t.reason+")")))
		}
		if len(byStatus) < 2 {
			continue
		}
		var parts []string
		for _, status := range slices.Sorted(maps.Keys(byStatus)) {
			parts = append(parts, fmt.Sprintf("%s in %d: %s", status, len(byStatus[status]), strings.Join(byStatus[status][:min(3, len(byStatus[status]))], ", ")))
		}
		lines = append(lines, key+": "+strings.Join(parts, "; "))
	}
	return lines
}

func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}
