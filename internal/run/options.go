// Package run is the road from a guide to a verdict: guide → plan → stack → configure → judge → report. The command
// line and the `go test` front end of the suites both go it.
package run

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// Options are what a person can say about a run; the zero value is a bare run.
type Options struct {
	Stack     string // auto, containers or fake
	Authentik string // version; empty: of the newest proven pair
	Immich    string
	Guide     string            // revision, file or URL; empty: the one shipped with the authentik release
	Images    map[string]string // by service name
	Browser   string            // auto, container or host
	Set       map[string]string // by placeholder
	Only      []string          // globs over names of checks
	Skip      []string
	Parallel  int
	Fresh     bool
	Keep      bool
	Out       string // output directory; empty: below results/

	// What the environment knows.
	Command  []string // the program's name and arguments, for the report
	Tool     string   // version of this program
	CI       bool
	Terminal bool
	NoColor  bool
	Output   io.Writer
	Fetch    *http.Client // for a guide's URL
	Now      func() time.Time
}

// The kinds of stack that can be asked for.
const (
	Auto       = "auto"
	Containers = "containers"
	Fake       = "fake"
)

// UsageError is a mistake in what was asked for: exit code 2.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *UsageError) Unwrap() error { return e.Err }

func usage(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// bare reports whether the run leaves the cell to this program, so that fakes may stand in.
func (o Options) bare() bool {
	return o.Authentik == "" && o.Immich == "" && o.Guide == "" && len(o.Images) == 0 && !o.CI
}

func (o Options) check() error {
	switch o.Stack {
	case Auto, Containers, Fake:
	default:
		return usage("--stack %s: want auto, containers or fake", o.Stack)
	}
	switch o.Browser {
	case "auto", "container", "host":
	default:
		return usage("--browser %s: want auto, container or host", o.Browser)
	}
	if o.Stack == Fake && o.Browser == "container" {
		return usage("--browser container: the fake stack has no containers; leave it out or say host")
	}
	if o.Parallel < 1 {
		return usage("--parallel %d: want at least 1", o.Parallel)
	}
	return nil
}

// releases resolves both versions of the cell.
func (o Options) releases() (authentik, immich *version.Release, err error) {
	catalogue, err := version.Load()
	if err != nil {
		return nil, nil, err
	}
	authentik, immich = catalogue.DefaultPair()
	if o.Authentik != "" {
		if authentik, err = catalogue.Resolve(version.Authentik, o.Authentik); err != nil {
			return nil, nil, &UsageError{fmt.Errorf("--authentik: %w", err)}
		}
	}
	if o.Immich != "" {
		if immich, err = catalogue.Resolve(version.Immich, o.Immich); err != nil {
			return nil, nil, &UsageError{fmt.Errorf("--immich: %w", err)}
		}
	}
	return authentik, immich, nil
}
