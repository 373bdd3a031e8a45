package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/matrix"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/site"
)

func newReportMerge(env Environment) *cobra.Command {
	var o site.MergeOptions
	planned := ""
	command := &cobra.Command{
		Use: "merge DIR...", Short: "Make one static site of many runs: the matrix, and each cell's own report",
		Long: `Make one static site of many runs: the matrix, and each cell's own report.

Each DIR is the output directory of a run, or a folder that holds such at any depth. Of several runs of one cell the
newest counts. Runs of different versions of ssoproof, or with different catalogues of checks, are refused. The exit code
is that of a run: 0 where every cell is conformant, 1 with a violation among them, 4 with anything not judged.`,
		Example: "  ssoproof report merge results --out site\n" +
			"  ssoproof matrix --format json > plan.json && ssoproof report merge shard-* --plan plan.json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wants("DIR")(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Plan, err = readPlan(planned); err != nil {
				return &run.UsageError{Err: err}
			}
			if o.Out == "" {
				return misuse(cmd, "--out: name a folder")
			}
			o.Dirs = args
			merged, err := site.Merge(o)
			var bundle *site.BundleError
			switch {
			case errors.As(err, &bundle):
				return &run.UsageError{Err: err}
			case err != nil:
				return err
			}
			fmt.Fprintf(env.Out, "%d runs of %d cells\nVerdict: %s\n%s\n%s\n", merged.Bundles, merged.Cells, merged.Verdict, merged.Headline, merged.Page)
			if merged.Verdict.ExitCode() != exitOK {
				return &verdictError{verdict: merged.Verdict}
			}
			return nil
		},
	}
	command.Flags().StringVar(&o.Out, "out", "site", "folder of the site; an earlier site there is replaced")
	command.Flags().StringVar(&planned, "plan", "", "a file of `ssoproof matrix --format json`: what is planned there and has no run is missing")
	return command
}

// readPlan is the cells that a matrix planned, as a run names them in its report.
func readPlan(path string) ([]report.Cell, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--plan: %w", err)
	}
	var m matrix.Matrix
	if err := json.Unmarshal(data, &m); err != nil || len(m.Cells) == 0 {
		return nil, fmt.Errorf("--plan %s: this is not a matrix with cells; write it with ssoproof matrix --format json", path)
	}
	var cells []report.Cell
	for _, c := range m.Cells {
		page, _, _ := strings.Cut(c.Guide, "?") // a report leaves out the query of an address
		cells = append(cells, report.Cell{Authentik: c.Authentik, Immich: c.Immich, Guide: page})
	}
	return cells, nil
}
