// Package cli is the command line: the only place that exits or reads the environment.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// The exit codes.
const (
	exitOK           = 0 // conformant, or fakes-ok
	exitViolation    = 1 // violation, or unexpected pass
	exitUsage        = 2 // a mistake in what was asked for
	exitNoStack      = 3 // the stack could not be provided
	exitInconclusive = 4 // inconclusive, or a defect of the harness
	exitInterrupted  = 5 // interrupted; reports are written all the same
	// 16, of `compare` alone: the two runs are different in kind
)

// Environment is all that the process gets from outside.
type Environment struct {
	Version  string
	Out, Err io.Writer
	In       *os.File // that a person types into; nil: nobody does
	Terminal bool     // Out is one
	Width    int      // of the terminal, in columns; 0: not known
	Variable func(string) string
	All      func() []string
	Now      func() time.Time
}

// System is the environment of this process.
func System(version string) Environment {
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	out := int(os.Stdout.Fd())
	width, _, _ := term.GetSize(out) // 0 where it is none
	in := os.Stdin
	if !term.IsTerminal(int(in.Fd())) {
		in = nil
	}
	return Environment{
		In: in, Version: version, Out: os.Stdout, Err: os.Stderr, Terminal: term.IsTerminal(out), Width: width,
		Variable: os.Getenv, All: os.Environ, Now: time.Now,
	}
}

// Main runs one command and returns the exit code.
func Main(ctx context.Context, args []string, env Environment) int {
	ctx, lost := context.WithCancel(ctx)
	defer lost()
	ctx, stop := interruptible(ctx, env.Err)
	defer stop()
	surviveClosedOutput()
	env.Out = heard{env.Out, lost}
	root := newRoot(env, args)
	root.SetArgs(args)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	err := root.ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintf(env.Err, "ssoproof: %s\n", strings.ReplaceAll(strings.TrimSpace(plain.Printable(err.Error())), "\n", "\n  "))
	}
	return exitCode(ctx, err)
}

func newRoot(env Environment, args []string) *cobra.Command {
	o := run.Options{
		Command: command(args), Tool: env.Version, CI: env.Variable("CI") != "",
		Terminal: env.Terminal, Width: env.Width, NoColor: env.Variable("NO_COLOR") != "",
		Output: env.Out, Fetch: client(), Now: env.Now,
	}
	root := &cobra.Command{
		Use:           "ssoproof",
		Short:         "Proves that authentik's Immich guide still logs people in",
		Version:       env.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return misuse(cmd, "%w", err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	group(root,
		newRun(env, o), newUpgrade(env, o), newDoctor(env, o), newCapture(env, o), newList(env, o), newExplain(env, o), newGuide(env), newStack(env, o), newVersions(env),
		newReport(env), newCompare(env), newMatrix(env, o), newEdge(env), newFake(env),
	)
	return root
}

// verdictError is a verdict that is not conformant, or that a run is not as good as another. The console has said it
// already, so that only what went wrong beside it is left to say.
type verdictError struct {
	verdict interface{ ExitCode() int }
	beside  error
}

func (e *verdictError) Error() string {
	if e.beside == nil {
		return ""
	}
	return e.beside.Error()
}

// exitCode is what an error means for the caller. An interrupt weighs most; a violation is never masked.
func exitCode(ctx context.Context, err error) int {
	var (
		verdict     *verdictError
		asked       *run.UsageError
		directory   *report.DirError
		revision    *guide.UnknownRevisionError
		release     *version.UnknownVersionError
		page        *guide.PageError
		placeholder *guide.PlaceholderError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &verdict):
		return verdict.verdict.ExitCode()
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &asked), errors.As(err, &directory), errors.As(err, &revision), errors.As(err, &release),
		errors.As(err, &page), errors.As(err, &placeholder):
		return exitUsage
	case errors.Is(err, stack.ErrUnavailable):
		return exitNoStack
	}
	return exitInconclusive
}

// client fetches a guide by URL.
func client() *http.Client { return &http.Client{Timeout: time.Minute} }
