package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/run"
)

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
