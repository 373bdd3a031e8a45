package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

func newReport(env Environment) *cobra.Command {
	command := &cobra.Command{
		Use: "report [DIR]", Short: "Render junit.xml, summary.md and report.html anew from report.json (default: of results/latest)",
		Args: atMostDir,
		RunE: func(_ *cobra.Command, args []string) error {
			dir, r, err := bundle(args)
			if err != nil {
				return err
			}
			if err := render.Files(dir, r); err != nil {
				return err
			}
			fmt.Fprintf(env.Out, "%s\n%s\n", r.Headline(), filepath.Join(dir, report.HTMLFile))
			return nil
		},
	}
	command.AddCommand(newReportOpen(env), newReportCard(env), newReportMerge(env))
	return command
}

func newReportCard(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "card [DIR]", Short: "Print a run as one block for an issue of either project (default: of results/latest)",
		Long: "Prints what an issue of authentik or of Immich needs of a run, as one block of Markdown: the causes and what to\n" +
			"change, the failing checks and the line that repeats them, versions and digests, the fields of the provider and\n" +
			"of Immich as they were applied, and what discovery says. It holds no secrets and no paths of this machine.",
		Example: "  ssoproof report card\n  ssoproof report card results/20260102-030405-2025.8.1_v2.7.5_2025-06-23",
		Args:    atMostDir,
		RunE: func(_ *cobra.Command, args []string) error {
			_, r, err := bundle(args)
			if err != nil {
				return err
			}
			_, err = env.Out.Write(render.Card(r))
			return err
		},
	}
}

// atMostDir accepts the output directory of a run, or nothing.
func atMostDir(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return nil
	}
	return wants("DIR")(cmd, args)
}

// folder is the output directory that was named, also by one of its files, or that of the newest run.
func folder(args []string) string {
	if len(args) == 0 {
		return filepath.Join("results", "latest")
	}
	return strings.TrimSuffix(strings.TrimSuffix(args[0], report.JSONFile), report.HTMLFile)
}

// bundle reads the report of an output directory.
func bundle(args []string) (dir string, r *report.Report, err error) {
	dir = folder(args)
	r, err = report.Load(filepath.Join(dir, report.JSONFile))
	if err != nil {
		return "", nil, &run.UsageError{Err: fmt.Errorf("%w; name the output directory of a run", err)}
	}
	return dir, r, nil
}
