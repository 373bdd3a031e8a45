// Package mistake makes the mistakes that people make with the pair, one at a time, and asks what a run says of each. It is
// a tool for who writes causes, and no part of the program.
package mistake

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/suites"
)

// page is a page without a mistake.
//
//go:embed page.md
var page string

// Mistake is one thing that is wrong, and what a run should say of it.
type Mistake struct {
	Name string
	How  string // page, provider, immich, app, wire, start, double, machine, live: where it is made
	// Old and New are texts of the page; Old "": the page has no mistake.
	Old, New string
	// Make makes it in the configured pair; nil: it is in the page, or on the wire.
	Make              func(context.Context, *suites.Env) error
	Wire              edge.Fault
	Lacks             stack.Lack // that Immich is started with
	Double            string     // a fault of authentik's double
	Alone             bool       // it takes a network of its own, and a Chrome: see Apart
	Changing          bool       // it changes the provider while its one check runs, beside which no other may
	DoublesOnly       string     // why it cannot be made in the products; empty: it can
	Live              *Live      // the doctor is asked, and no run; nil: a run judges the pair
	Only              []string   // names of the checks that are asked; none: those of Usual
	Want              Want
	Authentik, Immich string // the release, where only some can be wrong in that way; empty: any
}

// Want is the cause that a run should name.
type Want struct {
	Cause string
	Side  report.Side
	Line  int // of the page; 0: none
}

// Usual are few checks, over HTTP, that see most mistakes.
var Usual = []string{"guide.*", "discovery.*", "token.id", "account.newcomer", "link.unlink"}

// With reports whether two mistakes can be made at once: they are different ones, neither undoes the other, both are
// possible on one release, and the checks of both may run side by side.
func (m Mistake) With(other Mistake) bool {
	apart := (m.Old == "" || other.Old == "" || m.Old != other.Old) && (m.Lacks == "" || other.Lacks == "")
	single := func(m Mistake) bool { return m.Live != nil || m.Alone || m.Changing }
	return m.Name != other.Name && apart && m.Authentik == other.Authentik && m.Immich == other.Immich && !single(m) && !single(other)
}

// Page writes the page with the mistakes into a folder.
func Page(folder string, all []Mistake) (string, error) {
	text := page
	for _, m := range all {
		if !strings.Contains(text, m.Old) {
			return "", fmt.Errorf("mistake %s: the page has no %q", m.Name, m.Old)
		}
		text = strings.Replace(text, m.Old, m.New, 1)
	}
	file := filepath.Join(folder, "page.md")
	return file, os.WriteFile(file, []byte(text), 0o600)
}

// Try applies the page to a pair with the mistakes in it, and runs the checks that see them, or asks the doctor where the
// only one is Live. o says on what; its guide, checks, output folder and hooks are set here, except that a stack that is
// given must be wrong already where a mistake Lacks something. What was made in the pair is undone when it returns, so that the
// stack can be used again.
func Try(ctx context.Context, o run.Options, mistakes ...Mistake) (outcome *run.Outcome, err error) {
	folder, err := os.MkdirTemp("", "ssoproof-mistake-")
	if err != nil {
		return nil, fmt.Errorf("keep the report of a mistake: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.Guide, err = Page(folder, mistakes); err != nil {
		return nil, err
	}
	for _, m := range mistakes {
		o.Authentik, o.Immich = cmp.Or(m.Authentik, o.Authentik), cmp.Or(m.Immich, o.Immich)
		if m.Alone {
			o.Chrome = nil
		}
	}
	o.Out = filepath.Join(folder, "report")
	o.Only = only(mistakes)
	if o.Raise == nil {
		o.Raise = doubles(mistakes)
	}
	var undo []func(context.Context) error
	o.Configured = func(ctx context.Context, e *suites.Env) error {
		back, err := makeAll(ctx, e, mistakes)
		undo = back
		return err
	}
	o.Judged = func(ctx context.Context) error {
		var errs []error
		for _, back := range slices.Backward(undo) {
			errs = append(errs, back(ctx))
		}
		return errors.Join(errs...)
	}
	if len(mistakes) == 1 && mistakes[0].Live != nil {
		return tryLive(ctx, o, mistakes[0], folder)
	}
	return run.Run(ctx, o)
}

// only names the checks that see the mistakes.
func only(mistakes []Mistake) []string {
	var names []string
	for _, m := range mistakes {
		switch {
		case m.Live != nil:
			names = append(names, "guide.authentik") // a run has to have one; the doctor is who judges
		case m.Only == nil:
			names = append(names, Usual...)
		default:
			names = append(names, m.Only...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// doubles starts doubles that are wrong in what they are born with.
func doubles(mistakes []Mistake) func(stack.Plan) (stack.Stack, error) {
	return func(plan stack.Plan) (stack.Stack, error) {
		for _, m := range mistakes {
			plan.ImmichLacks = cmp.Or(plan.ImmichLacks, m.Lacks)
		}
		pair, err := inproc.Start(plan)
		if err != nil {
			return nil, err
		}
		for _, m := range mistakes {
			if m.Double != "" {
				err = errors.Join(err, pair.OP.SetFault(m.Double, true))
			}
		}
		return pair, err
	}
}

// makeAll makes the mistakes, those on the wire last, and returns what undoes them, also with an error.
func makeAll(ctx context.Context, e *suites.Env, mistakes []Mistake) (undo []func(context.Context) error, err error) {
	before, err := e.ImmichAdmin.SystemConfig(ctx)
	if err != nil {
		return nil, err
	}
	undo = append(undo,
		func(ctx context.Context) error { return e.World.Authentik.RemoveProvider(ctx, e.Shared.OP) },
		func(ctx context.Context) error { _, err := e.ImmichAdmin.PutSystemConfig(ctx, before); return err })
	for _, m := range mistakes {
		if m.Make == nil {
			continue
		}
		if err := m.Make(ctx, e); err != nil {
			return undo, fmt.Errorf("make the mistake %s: %w", m.Name, err)
		}
	}
	for _, m := range mistakes {
		fault := m.Wire
		if fault.Name == "" {
			continue
		}
		fault.Host = map[string]string{"authentik": host(e.AuthentikURL), "immich": host(e.ImmichURL)}[fault.Host]
		unbend, err := e.Bend(ctx, fault)
		if err != nil {
			return undo, fmt.Errorf("make the mistake %s: %w", m.Name, err)
		}
		undo = append(undo, unbend)
	}
	return undo, nil
}

func host(address string) string { return strings.TrimPrefix(address, "https://") }
