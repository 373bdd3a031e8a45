package inproc

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

var _ stack.Upgrader = (*Stack)(nil)

// swap is a handler that can give way to another.
type swap struct{ now atomic.Value }

// current is what an atomic.Value holds: always of one type.
type current struct{ http.Handler }

func (s *swap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.now.Load().(current).ServeHTTP(w, r)
}
func (s *swap) set(h http.Handler) { s.now.Store(current{h}) }

func (s *Stack) startAuthentik(stored []byte, faults []string) error {
	double, err := fakeop.New(fakeop.Options{
		Release: s.plan.Authentik, BootstrapToken: token, BootstrapPassword: password, BootstrapEmail: email, Client: s.worker,
		Stored: stored, Faults: faults, Key: s.key, Log: s.logs[authentik],
	})
	if err != nil {
		return err
	}
	s.OP = double
	s.op.set(double)
	return nil
}

func (s *Stack) startImmich(stored []byte, faults []string) error {
	double, err := fakerp.New(fakerp.Options{
		Release: s.plan.Immich, Client: s.back, Stored: stored, Faults: faults, ConfigFile: s.plan.ImmichConfig, Log: s.logs[immich],
	})
	if err != nil {
		return err
	}
	s.RP = double
	s.rp.set(double)
	return nil
}

// Upgrade implements stack.Upgrader: a double of another release takes over what the one before has stored.
func (s *Stack) Upgrade(_ context.Context, step stack.Step) ([]string, error) {
	before := s.plan
	s.plan.Authentik, s.plan.Immich = step.Authentik, step.Immich
	var recreated []string
	if before.Authentik.Version != step.Authentik.Version {
		if err := takeOver(s.OP.Dump, s.startAuthentik, s.UpgradeFaults[version.Authentik]); err != nil {
			return nil, ended(authentik, err)
		}
		recreated = append(recreated, authentik)
	}
	if before.Immich.Version != step.Immich.Version {
		if err := takeOver(s.RP.Dump, s.startImmich, s.UpgradeFaults[version.Immich]); err != nil {
			return recreated, ended(immich, err)
		}
		recreated = append(recreated, immich)
	}
	return recreated, nil
}

func takeOver(dump func() ([]byte, error), start func([]byte, []string) error, faults []string) error {
	stored, err := dump()
	if err != nil {
		return err
	}
	return start(stored, faults)
}

// ended is a double that did not start, as a container would have.
func ended(service string, err error) error {
	return stack.Unavailable(&stack.ExitedError{Service: service, Code: 1, Tail: err.Error()})
}
