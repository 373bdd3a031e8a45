// Package suites holds what is checked: one file per theme. It knows neither Docker nor Chrome.
package suites

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Cell is what a run judges: a revision of the guide on a pair of releases.
type Cell struct {
	Guide     *guide.Settings
	Authentik *version.Release
	Immich    *version.Release
	// Upgraded is set where the guide was applied to older releases of the pair, and nothing was entered since.
	Upgraded bool
}

// Check is a check on a configured pair.
type Check = check.Check[*Env]

// Env is what a body works with: the pair as configured, seen through one check.
type Env struct {
	*journey.World
	Cell
	Shared  *Shared
	Upgrade *Upgrade // nil but after one
	Began   int64    // the newest exchange of the record when the check began
}

// Shared is what all checks of a run have in common.
type Shared struct {
	OP *authentik.Applied // the provider that the guide describes
	RP *immich.Applied    // Immich's OAuth settings that the guide describes
	// Scope and Algorithm are what Immich is set to after that: the guide's values, or its own defaults.
	Scope, Algorithm string

	mu       sync.Mutex
	twins    map[string]*authentik.Applied
	newcomer newcomer
	person   signedIn
}

// Renewed is what the checks of a pair have in common after an upgrade: the providers that were made before it are there
// still.
func (s *Shared) Renewed(scope, algorithm string) *Shared {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Shared{OP: s.OP, RP: s.RP, Scope: scope, Algorithm: algorithm, twins: maps.Clone(s.twins)}
}

// twin is a second provider that a check needs beyond the guide; it is made once per name.
func (e *Env) twin(ctx context.Context, t *check.T, spec authentik.ProviderSpec) (*authentik.Applied, error) {
	e.Shared.mu.Lock()
	defer e.Shared.mu.Unlock()
	t.Add(fmt.Sprintf("a second provider and application at authentik, %q", spec.Name))
	if a := e.Shared.twins[spec.Name]; a != nil {
		return a, nil
	}
	a, err := e.World.Authentik.AddProvider(ctx, e.Shared.OP, e.Cell.Authentik, spec)
	if err != nil {
		return nil, fmt.Errorf("add the provider %q: %w", spec.Name, err)
	}
	if e.Shared.twins == nil {
		e.Shared.twins = map[string]*authentik.Applied{}
	}
	e.Shared.twins[spec.Name] = a
	return a, nil
}

// session opens a browser for the check. When it closes, a browser whose own network failed makes the check worthless.
func (e *Env) session(t *check.T) *browser.Session {
	s, err := e.Browser(t.Context())
	t.Block(err)
	s.Strict()
	t.Cleanup(func(context.Context) error {
		if err := s.Disturbed(); err != nil {
			t.Doubt(err)
		}
		s.Close()
		return nil
	})
	return s
}

// newUser is a person at authentik whom nobody has seen before.
func (e *Env) newUser(t *check.T) authentik.User {
	user, err := e.NewUser(t.Context())
	t.Block(err)
	return user
}

// localUser is an account in Immich with a password, and its session.
func (e *Env) localUser(t *check.T, email string) *immich.Session {
	session, err := e.NewLocalUser(t.Context(), email)
	t.Block(err)
	return session
}

// went judges how a journey ended, inside Confirm: an answer of a product is a finding and ends the body; whatever
// else went wrong stands in the way of judging.
func (e *Env) went(t *check.T, message string, err error) {
	if err == nil {
		return
	}
	e.heard(t, message, err)
	t.Find(check.Finding{Message: message, Expected: "it works", Actual: err.Error()})
	t.FailNow()
}

// heard goes on where err is an answer of a product, and ends the body where it stands in the way of judging.
func (e *Env) heard(t *check.T, message string, err error) {
	if !answered(err) {
		t.Block(fmt.Errorf("%s: %w", message, err))
	}
	// Immich's own 500 is no statement about Immich when nobody told it what it asked authentik for.
	if unheard := e.Unheard(t.Context(), e.Began); unheard != nil {
		t.Block(fmt.Errorf("%s: %w; %w", message, err, unheard))
	}
}

// answered reports whether err is what a product said, rather than what kept the harness from hearing it.
func answered(err error) bool {
	var (
		refused     *authentik.RefusedError
		stopped     *authentik.FlowError
		page        *browser.RefusedError
		answer      *journey.AnswerError
		rejected    *journey.RejectedError
		sessionless *journey.NoSessionError
		immichs     *immich.APIError
		authentiks  *authentik.APIError
	)
	switch {
	case errors.As(err, &immichs):
		return immichs.Status <= 500 // 502 to 504 come from the way, not from the product
	case errors.As(err, &authentiks):
		return authentiks.Status <= 500
	case errors.As(err, &rejected):
		return rejected.Status <= 500
	}
	return errors.As(err, &refused) || errors.As(err, &stopped) || errors.As(err, &page) || errors.As(err, &answer) || errors.As(err, &sessionless)
}

// unproven says why an expectation that rests on a feature of a release proves nothing; it is empty for a release that
// a real run has proven.
func unproven(r *version.Release, f version.Feature) string {
	if r.Proven {
		return ""
	}
	return fmt.Sprintf("%s %s is not proven by a real run, so its feature %q may be a mistake of the version facts", r.Product, r.Version, f)
}

// immichHost is the name under which the guide reaches Immich.
func (c Cell) immichHost() string {
	host, _ := c.Guide.Hosts()
	return host
}

// line is where the guide documents a value; zero: it does not.
func (c Cell) line(v *guide.Value) check.Source {
	if v == nil {
		return check.Source{}
	}
	return c.at(v.Line)
}

// at is a line of the guide, or the place that a pair file has a line from.
func (c Cell) at(line int) check.Source {
	file, at := c.Guide.Place(line)
	return check.Source{File: file, Line: at}
}
