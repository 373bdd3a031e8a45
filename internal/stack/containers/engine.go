// Package containers runs authentik, Immich and what they need as containers: one network, one edge, one Chrome, all
// of it labelled, watched and removed at the end. It is the only importer of testcontainers.
package containers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// connectTimeout bounds the first contact with the engine. A local socket answers at once; a remote engine gets time
// for a TLS handshake.
const connectTimeout = 15 * time.Second

// engine is the container engine that answers here.
type engine struct {
	provider *testcontainers.DockerProvider
	client   client.APIClient
	host     string // where published ports are reached
	local    bool   // published ports can stay on the loopback interface
	arch     string // Go's name of the architecture, "amd64"
}

// Available reports why no container engine can be used here; nil: one answers. The error wraps stack.ErrUnavailable.
func Available(ctx context.Context) error {
	e, err := connect(ctx)
	if err != nil {
		return err
	}
	return e.provider.Close()
}

// connect finds the engine that testcontainers' own settings name. Testcontainers waits without a context, so the
// caller's is watched beside it.
func connect(ctx context.Context) (*engine, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	type answer struct {
		engine *engine
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		a.err = guarded(func() (err error) { a.engine, err = open(ctx); return err })()
		answers <- a
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, unavailable("no container engine answers", a.err)
		}
		return a.engine, nil
	case <-ctx.Done():
		return nil, unavailable("no container engine answers", context.Cause(ctx))
	}
}

func open(ctx context.Context) (*engine, error) {
	quiet()
	if err := session(); err != nil {
		return nil, err
	}
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return nil, err
	}
	e := &engine{provider: provider, client: provider.Client()}
	if wanted := os.Getenv("DOCKER_HOST"); wanted != "" && wanted != e.client.DaemonHost() {
		// Testcontainers tries other addresses then, of engines that nobody asked for.
		return nil, fmt.Errorf("DOCKER_HOST is %s, but only %s can be reached", wanted, e.client.DaemonHost())
	}
	version, err := e.client.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return nil, err
	}
	e.arch = version.Arch
	if version.Os != "" && version.Os != "linux" {
		return nil, fmt.Errorf("the engine runs %s containers, linux is needed", version.Os)
	}
	e.host, err = provider.DaemonHost(ctx)
	if err != nil {
		return nil, err
	}
	if e.host == "localhost" || e.host == "127.0.0.1" {
		e.host, e.local = "127.0.0.1", true
	}
	return e, nil
}

// quiet silences testcontainers, which talks to standard error through one logger of the whole process.
var quiet = sync.OnceFunc(func() { tclog.SetDefault(tclog.NewNoopLogger()) })

// WithoutReaper turns testcontainers' reaper off, which removes a stack when its process ends. Who keeps a stack calls
// it before anything else of this package: testcontainers reads its settings from the environment, once in a process.
func WithoutReaper() error {
	if err := os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true"); err != nil {
		return fmt.Errorf("turn the reaper off: %w", err)
	}
	return guarded(func() error {
		if err := session(); err != nil {
			return err
		}
		if !testcontainers.ReadConfig().RyukDisabled {
			return errors.New("the reaper is already on in this process, so nothing can be kept")
		}
		return nil
	})()
}

// session gives this process a session of its own; by default all children of one shell share theirs, and a reaper.
func session() error {
	if os.Getenv("TESTCONTAINERS_SESSION_ID") != "" {
		return nil
	}
	return os.Setenv("TESTCONTAINERS_SESSION_ID", "ssoproof-"+strings.ToLower(rand.Text()))
}

// guarded turns a panic, of which testcontainers has some for bad settings, into an error.
func guarded(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("testcontainers gave up: %v", p)
			}
		}()
		return f()
	}
}

// unavailable says in one line why there is no stack.
func unavailable(what string, err error) error {
	return stack.Unavailable(fmt.Errorf("%s: %w", what, oneLine{err}))
}

// oneLine joins the lines of an error that others wrote.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }
