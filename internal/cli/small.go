package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

func newReport(env Environment) *cobra.Command {
	command := &cobra.Command{
		Use: "report [DIR]", Short: "Render junit.xml, summary.md and report.html anew from report.json (default: of results/latest)",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return nil
			}
			return wants("DIR")(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := filepath.Join("results", "latest")
			if len(args) > 0 {
				dir = strings.TrimSuffix(args[0], "report.json")
			}
			r, err := report.Load(filepath.Join(dir, "report.json"))
			if err != nil {
				return &run.UsageError{Err: fmt.Errorf("%w; name the output directory of a run", err)}
			}
			if err := render.Files(dir, r); err != nil {
				return err
			}
			fmt.Fprintf(env.Out, "%s\n%s\n", r.Headline(), filepath.Join(dir, "report.html"))
			return nil
		},
	}
	command.AddCommand(newReportMerge(env))
	return command
}

// newEdge is what the edge's container runs.
func newEdge(env Environment) *cobra.Command {
	var config string
	command := &cobra.Command{
		Use: "edge", Hidden: true, Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if config == "" {
				return &run.UsageError{Err: errors.New("edge: --config is missing")}
			}
			return edge.Main(cmd.Context(), config, env.Out)
		},
	}
	command.Flags().StringVar(&config, "config", "", "the edge's configuration, a JSON file")
	return command
}
