// Command causes makes each mistake on a pair and says what a run names as its cause, then writes docs/causes.md:
// `make causes`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/mistake"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

const (
	proofs = "internal/mistake/proof.yaml"
	page   = "docs/causes.md"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := do(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "causes:", err)
		os.Exit(1)
	}
}

func do(ctx context.Context, args []string) error {
	o := run.Options{Browser: "auto", Parallel: 2, Output: io.Discard, Now: time.Now, CheckLimit: time.Minute, Chrome: &browser.Browser{}, CI: true}
	flags := flag.NewFlagSet("causes", flag.ContinueOnError)
	flags.StringVar(&o.Stack, "stack", run.Fake, "fake or containers")
	flags.StringVar(&o.Authentik, "authentik", "2025.8.1", "the release of authentik")
	flags.StringVar(&o.Immich, "immich", "v2.7.5", "the release of Immich")
	only := flags.String("only", "*", "globs over the names of mistakes, with commas between")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if mistake.Alone() { // this is one mistake of another process, which sees to the rest
		made, err := tryAll(ctx, o, func(m mistake.Mistake) bool { return named(*only, m) && m.Alone })
		return errors.Join(err, wrong(made))
	}
	made, err := makeAll(ctx, o, *only)
	if o.Stack == run.Containers {
		err = errors.Join(err, mistake.Keep(proofs, made))
	}
	return errors.Join(err, wrong(made), write())
}

// wrong says how many mistakes got another cause than theirs.
func wrong(made []mistake.Proof) error {
	others := slices.DeleteFunc(slices.Clone(made), func(p mistake.Proof) bool { return p.Right })
	if len(others) > 0 {
		return fmt.Errorf("%d of %d mistakes got another cause than theirs", len(others), len(made))
	}
	return nil
}

// makeAll makes the mistakes that only names; with an error, those before it.
func makeAll(ctx context.Context, o run.Options, only string) ([]mistake.Proof, error) {
	var made []mistake.Proof
	for _, lacks := range []stack.Lack{"", stack.LacksCA, stack.LacksWay} { // each a stack of its own, where it is not one of doubles
		some, err := onStack(ctx, o, lacks, func(m mistake.Mistake) bool { return named(only, m) && m.Lacks == lacks })
		made = append(made, some...)
		if err != nil {
			return made, err
		}
	}
	return made, nil
}

func named(globs string, m mistake.Mistake) bool {
	return slices.ContainsFunc(strings.Split(globs, ","), func(glob string) bool {
		fits, _ := path.Match(glob, m.Name)
		return fits
	})
}

// onStack makes the mistakes that are wanted and that can be made there; containers are started once for all of them.
func onStack(ctx context.Context, o run.Options, lacks stack.Lack, wanted func(mistake.Mistake) bool) (made []mistake.Proof, err error) {
	if o.Stack != run.Containers {
		return tryAll(ctx, o, wanted)
	}
	possible := func(m mistake.Mistake) bool {
		other := m.Authentik != "" && m.Authentik != o.Authentik || m.Immich != "" && m.Immich != o.Immich
		return wanted(m) && !other && m.DoublesOnly == ""
	}
	if !slices.ContainsFunc(mistake.All(), possible) {
		return nil, nil
	}
	err = prepare(ctx, &o, lacks, func() (err error) {
		made, err = tryAll(ctx, o, possible)
		return err
	})
	return made, err
}

// tryAll makes the mistakes that are wanted.
func tryAll(ctx context.Context, o run.Options, wanted func(mistake.Mistake) bool) ([]mistake.Proof, error) {
	var made []mistake.Proof
	for _, m := range mistake.All() {
		if !wanted(m) {
			continue
		}
		if m.Alone && !mistake.Alone() {
			if err := apart(ctx, m); err != nil {
				return made, err
			}
			continue
		}
		proof, err := try(ctx, o, m)
		if err != nil {
			return made, err
		}
		made = append(made, proof)
	}
	return made, nil
}

// apart makes a mistake in a process that has a network of its own. Where nobody may have one, it is said, and no error.
func apart(ctx context.Context, m mistake.Mistake) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd, err := mistake.Apart(ctx, self, "-only", m.Name)
	if err != nil {
		fmt.Printf("%-26s is not made: %v\n", m.Name, err)
		return nil
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// prepare starts containers for all mistakes.
func prepare(ctx context.Context, o *run.Options, lacks stack.Lack, use func() error) (err error) {
	first := *o
	folder, err := os.MkdirTemp("", "ssoproof-causes-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if first.Guide, err = mistake.Page(folder, nil); err != nil {
		return err
	}
	plan, err := run.StackPlan(ctx, first)
	if err != nil {
		return err
	}
	plan.ImmichLacks = lacks
	s, err := containers.Start(ctx, plan)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(context.WithoutCancel(ctx))) }()
	o.Raise = func(stack.Plan) (stack.Stack, error) { return open{s}, nil }
	return use()
}

// open is a stack that a run leaves as it is.
type open struct{ stack.Stack }

func (open) Close(context.Context) error    { return nil }
func (open) Snapshot(context.Context) error { return nil }

func try(ctx context.Context, o run.Options, m mistake.Mistake) (mistake.Proof, error) {
	began := time.Now()
	outcome, err := mistake.Try(ctx, o, m)
	if err != nil {
		return mistake.Proof{}, fmt.Errorf("%s: %w", m.Name, err)
	}
	p := mistake.Prove(m, outcome)
	fmt.Printf("%-26s wanted %-42s got %-60s %-12s %.0f s\n", m.Name, m.Want, strings.Join(p.Got, " + "), outcome.Verdict, time.Since(began).Seconds())
	return p, nil
}

// write renders the page from the words, the mistakes and what was kept of real runs.
func write() error {
	texts, err := diagnose.Texts()
	if err != nil {
		return err
	}
	kept, err := mistake.Kept(proofs)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(mistake.Render(texts, kept)), 0o644)
}
