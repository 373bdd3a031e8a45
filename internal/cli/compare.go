package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/compare"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

func newCompare(env Environment) *cobra.Command {
	format := "text"
	command := &cobra.Command{
		Use: "compare BEFORE AFTER", Short: "Say what changed between two runs, check by check", Args: wants("BEFORE AFTER"),
		Long: "Compares two reports: which checks are broken, fixed, changed, new and gone, and which settings and\n" +
			"observations differ. BEFORE and AFTER are each a report.json, or the output directory that holds one.\n\n" +
			"Only checks of level must decide; what changed in the others is advice.\n\n" +
			"Exit codes: 0 same or better · 1 worse: something worked before and fails after · 2 usage, or a report that\n" +
			"cannot be read · 4 cannot tell: nothing is seen to be worse, but a check that passed was not judged any more or\n" +
			"was left out on request, or one fails of which BEFORE says nothing · 16 different in kind: one of the runs had\n" +
			"fakes in it and the other had none, or they have no check in common. 1 comes before 4.",
		Example: "  ssoproof compare results/20260102-030405-2025.8.1-v2.7.5 results/latest\n" +
			"  ssoproof compare BEFORE/report.json AFTER/report.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			var write func(compare.Comparison) error
			switch format {
			case "text":
				write = func(c compare.Comparison) error { return c.WriteText(env.Out) }
			case "markdown":
				write = func(c compare.Comparison) error { return c.WriteMarkdown(env.Out) }
			case "json":
				write = func(c compare.Comparison) error { return writeJSON(env.Out, c) }
			default:
				return misuse(cmd, "--format %s: want text, markdown or json", format)
			}
			before, after, err := loadBoth(args[0], args[1])
			if err != nil {
				return err
			}
			compared := compare.Reports(before, after)
			if err := write(compared); err != nil {
				return err
			}
			if compared.Verdict.ExitCode() != exitOK {
				return &verdictError{compared.Verdict, nil}
			}
			return nil
		},
	}
	command.Flags().StringVar(&format, "format", format, "text, markdown or json")
	return command
}

// loadBoth names what is wrong with either.
func loadBoth(before, after string) (b, a *report.Report, err error) {
	b, errBefore := loadReport("BEFORE", before)
	a, errAfter := loadReport("AFTER", after)
	return b, a, errors.Join(errBefore, errAfter)
}

func loadReport(argument, path string) (*report.Report, error) {
	r, err := report.Load(path)
	if err != nil {
		return nil, &run.UsageError{Err: fmt.Errorf("%s: %w; name the report.json of a run, or its output directory", argument, err)}
	}
	return r, nil
}
