package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/matrix"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/version"
)

// matrixOptions are the flags of "ssoproof matrix".
type matrixOptions struct {
	matrix.Query
	guides                    []string
	strategy, patches, format string
	shard                     int
}

func newMatrix(env Environment, o run.Options) *cobra.Command {
	var m matrixOptions
	command := &cobra.Command{
		Use: "matrix", Short: "List the cells worth a run, dealt out to the jobs of a CI system", Args: wants(""),
		Long: `List the cells worth a run, dealt out to the jobs of a CI system.

Strategies:
  frontier  the newest authentik with every Immich and the reverse, what was current on the same day, and the first
            release with each revision of the guide
  pairwise  each pair of values of authentik, Immich and guide in at least one cell
  full      every combination

Shards are blocks of neighbouring cells whose sizes differ by one at the most. The same ranges, facts and number of
shards give the same shards on every machine.`,
		Example: `  ssoproof matrix --authentik '>=2024.8' --immich '>=1.132 <3' --shards 6
  ssoproof matrix --immich '>=2.7' --guide ./index.md --strategy full --format github`,
		RunE: func(cmd *cobra.Command, _ []string) error { return m.write(cmd, env, o) },
	}
	flags := command.Flags()
	flags.StringVar(&m.Authentik, "authentik", "", "versions of authentik, e.g. '>=2024.8 <2025.2' (default: all that a run takes)")
	flags.StringVar(&m.Immich, "immich", "", "versions of Immich, e.g. '>=1.132' or '2.7.5 || >=3' (default: all that a run takes)")
	flags.StringSliceVar(&m.guides, "guide", []string{matrix.Shipped}, "shipped (each authentik's own), all, or revisions, files and URLs")
	flags.StringVar(&m.strategy, "strategy", string(matrix.Frontier), "frontier, pairwise or full")
	flags.StringVar(&m.patches, "patches", "newest", "newest (of each release line) or all")
	flags.IntVar(&m.Shards, "shards", 0, "how many jobs share the cells (default: one each)")
	flags.IntVar(&m.shard, "shard", 0, "only the cells of this shard, from 1")
	flags.StringVar(&m.format, "format", "text", "text, json, or github (for fromJSON in a strategy.matrix)")
	return command
}

func (m *matrixOptions) write(cmd *cobra.Command, env Environment, o run.Options) error {
	if err := m.check(cmd); err != nil {
		return err
	}
	var err error
	if m.Guides, err = matrix.Guides(cmd.Context(), m.guides, o.Fetch); err != nil {
		return &run.UsageError{Err: fmt.Errorf("--guide: %w", err)}
	}
	catalogue, err := version.Load()
	if err != nil {
		return err
	}
	planned, err := matrix.Plan(catalogue, m.Query)
	if err != nil {
		return &run.UsageError{Err: err}
	}
	if m.shard > 0 {
		*planned = planned.Shard(m.shard)
	}
	switch m.format {
	case "json":
		return planned.WriteJSON(env.Out)
	case "github":
		if err := planned.WriteGitHub(env.Out, m.Shards > 0); err != nil {
			return &run.UsageError{Err: fmt.Errorf("--format github: %w", err)}
		}
		for _, note := range planned.Notes { // beside what a job reads
			fmt.Fprintln(env.Err, "note: "+note)
		}
		return nil
	}
	return planned.WriteText(env.Out)
}

// check refuses what no matrix can be made of.
func (m *matrixOptions) check(cmd *cobra.Command) error {
	m.Strategy, m.AllPatches = matrix.Strategy(m.strategy), m.patches == "all"
	switch {
	case !slices.Contains(matrix.Strategies(), m.Strategy):
		return misuse(cmd, "--strategy %s: want frontier, pairwise or full", m.strategy)
	case m.patches != "newest" && !m.AllPatches:
		return misuse(cmd, "--patches %s: want newest or all", m.patches)
	case !slices.Contains([]string{"text", "json", "github"}, m.format):
		return misuse(cmd, "--format %s: want text, json or github", m.format)
	case m.Shards < 0 || cmd.Flags().Changed("shards") && m.Shards == 0:
		return misuse(cmd, "--shards %d: want at least 1", m.Shards)
	case cmd.Flags().Changed("shard") && (m.shard < 1 || m.shard > m.Shards):
		return misuse(cmd, "--shard %d: want 1 to the number of --shards, which is %d", m.shard, m.Shards)
	}
	return nil
}
