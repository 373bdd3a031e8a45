package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

func newRun(env Environment, o run.Options) *cobra.Command {
	command := &cobra.Command{
		Use:   "run",
		Short: "Apply a guide to a pair and judge it",
		Long: "Starts authentik and Immich, applies to both what a revision of the guide says, drives logins with a real\n" +
			"browser through every redirect URI, and says what conforms, what does not, and which guide line or setting\n" +
			"is at fault.\n\nExit codes: 0 conformant · 1 violation · 2 usage · 3 no stack · 4 inconclusive · 5 interrupted.",
		Example: "  ssoproof run\n" +
			"  ssoproof run --stack containers --authentik 2025.8.1 --immich v2.7.5 --guide 2025-06-23\n" +
			"  ssoproof run --guide ./website/integrations/media/immich/index.md --only 'redirect.*'",
		Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			outcome, err := run.Run(cmd.Context(), o)
			annotate(env, outcome)
			return ended(outcome, err)
		},
	}
	flags := command.Flags()
	cellFlags(flags, &o)
	judgeFlags(flags, &o, runtime.NumCPU())
	return command
}

// judgeFlags are those that say which checks run and where their results go.
func judgeFlags(flags *pflag.FlagSet, o *run.Options, cores int) {
	flags.Var((*globs)(&o.Only), "only", "run only the checks whose ID or name matches one of these globs")
	flags.Var((*globs)(&o.Skip), "skip", "leave these checks out")
	flags.StringArrayVar(&o.Known, "known", nil, "a YAML file of known issues, whose failures are expected; may be repeated")
	flags.IntVar(&o.Parallel, "parallel", cores, "how many checks run at once")
	flags.StringVar(&o.Out, "out", "", "output directory (default results/<time>-<what runs>)")
}

// cellFlags are those that say which pair to start and how.
func cellFlags(flags *pflag.FlagSet, o *run.Options) {
	flags.StringVar(&o.Authentik, "authentik", "", "authentik's version (default: of the newest proven pair)")
	flags.StringVar(&o.Immich, "immich", "", "Immich's version (default: of the newest proven pair)")
	stackFlags(flags, o)
	flags.BoolVar(&o.Keep, "keep", false, "leave the stack up and print how to open it")
}

// stackFlags are those that say how a pair is started and what is applied to it.
func stackFlags(flags *pflag.FlagSet, o *run.Options) {
	flags.StringVar(&o.Stack, "stack", run.Auto, "auto, containers or fake")
	flags.StringVar(&o.Guide, "guide", "", "a revision, a file or a URL (default: the one shipped with that authentik)")
	fileFlags(flags, &o.Files)
	flags.StringVar(&o.Files.Provider, "provider", "", "the provider, by name, client ID or slug, where a file has several that look like Immich's")
	flags.StringVar(&o.Pair, "pair", "", "a pair file to apply and judge in the place of a guide; see ssoproof capture")
	flags.StringToStringVar(&o.Images, "image", nil, "replace the image of a service, SERVICE=REF; services: "+strings.Join(containers.ImageNames(), ", "))
	flags.StringVar(&o.Browser, "browser", "auto", "where Chrome runs: auto, container or host")
	flags.StringToStringVar(&o.Set, "set", nil, "replace an example name of the guide everywhere, NAME=VALUE")
	flags.BoolVar(&o.Fresh, "fresh", false, "ignore the snapshots of bootstrapped databases")
}

// annotate shows in a step of GitHub Actions, at the lines of the guide, why the run failed.
func annotate(env Environment, outcome *run.Outcome) {
	if outcome != nil && env.Variable("GITHUB_ACTIONS") == "true" {
		fmt.Fprint(env.Out, render.Annotations(&outcome.Report))
	}
}

// ended turns the outcome of a run into the error that decides the exit code: an interrupt weighs most, then a violation,
// then whatever went wrong.
func ended(outcome *run.Outcome, err error) error {
	switch {
	case outcome == nil:
		return err
	case outcome.Verdict == report.Interrupted:
		return &verdictError{outcome.Verdict, fmt.Errorf("interrupted; the report so far is in %s", outcome.Dir)}
	case outcome.Verdict == report.Violation || outcome.Verdict == report.FakesFailed:
		return &verdictError{outcome.Verdict, err} // never masked by what went wrong beside it
	case err != nil:
		return err
	case outcome.Verdict.ExitCode() != exitOK:
		return &verdictError{outcome.Verdict, nil}
	}
	return nil
}
