// Package run is the road from a guide to a verdict: guide → plan → stack → configure → judge → report. The command
// line and the `go test` front end of the suites both go it.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	pairfile "github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// Options are what a person can say about a run; the zero value is a bare run.
type Options struct {
	Stack     string // auto, containers or fake
	Authentik string // version; empty: of the newest proven pair
	Immich    string
	Guide     string            // revision, file or URL; empty: the one shipped with the authentik release
	Pair      string            // a pair file, in the place of a guide
	Files     pairfile.Files    // a configuration as files, in the place of a guide
	Images    map[string]string // by service name
	Browser   string            // auto, container or host
	Set       map[string]string // by placeholder
	Only      []string          // globs over names of checks
	Skip      []string
	Known     []string // files of known issues, beside those that come with the program
	Parallel  int
	Fresh     bool
	Keep      bool
	Out       string // output directory; empty: below results/

	ReadyLimit time.Duration // for Chrome, and for both products, to become ready; 0: 15 minutes
	CheckLimit time.Duration // for checks that name none; 0: 4 minutes

	admin   *immich.Session // of Immich's administrator, from before an upgrade
	client  *client         // of a pair whose Immich reads a configuration file
	volumes bool            // the stack's products will be replaced
	steps   []stack.Step    // by these

	// What the environment knows.
	Command  []string // the program's name and arguments, for the report
	Tool     string   // version of this program
	CI       bool
	Terminal bool
	Width    int // columns of the terminal; 0: not known
	NoColor  bool
	Output   io.Writer
	Fetch    *http.Client // for a guide's URL
	Now      func() time.Time

	// For who makes many runs in one process, as tests do; the zero values are those of a single run.
	Raise      func(stack.Plan) (stack.Stack, error)    // gives the stack in place of one that is started
	Chrome     *browser.Browser                         // is used instead of one that is started, and left running
	Configured func(context.Context, *suites.Env) error // is given the pair before it is judged
	Ended      func(check.Result)                       // is told of each result, one call at a time
	Judged     func(context.Context) error              // is called when all is judged, before the stack is taken down
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
	return o.Authentik == "" && o.Immich == "" && o.Guide == "" && o.Pair == "" && !o.Files.Given() && len(o.Images) == 0 && !o.CI
}

// check names every mistake in the options themselves, a line each: who made two is told of both.
func (o Options) check() error {
	var mistakes []error
	wrong := func(format string, args ...any) { mistakes = append(mistakes, usage(format, args...)) }
	if !slices.Contains([]string{Auto, Containers, Fake}, o.Stack) {
		wrong("--stack %s: want auto, containers or fake", o.Stack)
	}
	if !slices.Contains([]string{"auto", "container", "host"}, o.Browser) {
		wrong("--browser %s: want auto, container or host", o.Browser)
	}
	if o.Parallel < 1 {
		wrong("--parallel %d: want at least 1", o.Parallel)
	}
	for _, service := range slices.Sorted(maps.Keys(o.Images)) {
		name := service
		if o.volumes { // SERVICE@VERSION
			name, _, _ = strings.Cut(service, "@")
		}
		switch {
		case !slices.Contains(containers.ImageNames(), name):
			wrong("--image %s=%s: there is no such service; there are %s", service, o.Images[service], strings.Join(containers.ImageNames(), ", "))
		case o.Images[service] == "":
			wrong("--image %s=: name an image behind the equals sign", service)
		}
	}
	if o.Stack == Fake {
		mistakes = append(mistakes, o.fakeMistakes()...)
	}
	return errors.Join(mistakes...)
}

// fakeMistakes are options that mean nothing to doubles in this process.
func (o Options) fakeMistakes() []error {
	var mistakes []error
	if o.Browser == "container" {
		mistakes = append(mistakes, usage("--browser container: the fake stack has no containers; leave it out or say host"))
	}
	if len(o.Images) > 0 {
		mistakes = append(mistakes, usage("--image: the fake stack has no containers; leave it out or say --stack containers"))
	}
	if o.Keep {
		mistakes = append(mistakes, usage("--keep: the fake stack ends with this command; leave it out or say --stack containers"))
	}
	return mistakes
}

// releases resolves both versions of the cell.
func (o Options) releases() (authentik, immich *version.Release, err error) {
	catalogue, err := version.Load()
	if err != nil {
		return nil, nil, err
	}
	authentik, immich = catalogue.DefaultPair()
	var unknown [2]error
	if o.Authentik != "" {
		if authentik, err = catalogue.Resolve(version.Authentik, o.Authentik); err != nil {
			unknown[0] = &UsageError{fmt.Errorf("--authentik: %w", err)}
		}
	}
	if o.Immich != "" {
		if immich, err = catalogue.Resolve(version.Immich, o.Immich); err != nil {
			unknown[1] = &UsageError{fmt.Errorf("--immich: %w", err)}
		}
	}
	return authentik, immich, errors.Join(unknown[:]...)
}
