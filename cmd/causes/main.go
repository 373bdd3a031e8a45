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
	only := flags.String("only", "*", "a glob over the names of mistakes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var made []mistake.Proof
	err := prepare(ctx, &o, func() (err error) {
		made, err = tryAll(ctx, o, *only)
		return err
	})
	if err == nil && o.Stack == run.Containers {
		err = mistake.Keep(proofs, made)
	}
	if err == nil {
		err = write()
	}
	if err != nil {
		return err
	}
	wrong := slices.DeleteFunc(slices.Clone(made), func(p mistake.Proof) bool { return p.Right })
	if len(wrong) > 0 {
		return fmt.Errorf("%d of %d mistakes got another cause than theirs", len(wrong), len(made))
	}
	return nil
}

// tryAll makes the mistakes that only names, and that the releases can be wrong in.
func tryAll(ctx context.Context, o run.Options, only string) ([]mistake.Proof, error) {
	var made []mistake.Proof
	for _, m := range mistake.All() {
		other := m.Authentik != "" && m.Authentik != o.Authentik || m.Immich != "" && m.Immich != o.Immich
		if fits, _ := path.Match(only, m.Name); !fits || other && o.Stack == run.Containers {
			continue
		}
		proof, err := try(ctx, o, m)
		if err != nil {
			return nil, err
		}
		made = append(made, proof)
	}
	return made, nil
}

// prepare starts containers once for all mistakes; doubles are new ones for each.
func prepare(ctx context.Context, o *run.Options, use func() error) (err error) {
	if o.Stack != run.Containers {
		return use()
	}
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
