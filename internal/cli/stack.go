package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

func newStack(env Environment) *cobra.Command {
	command := &cobra.Command{Use: "stack", Short: "Start a pair without judging it, or take it down"}
	command.AddCommand(newStackUp(env), newStackDown(env), newStackList(env), newStackCompose(env))
	return command
}

func newStackUp(env Environment) *cobra.Command {
	o := options(env)
	bare := false
	command := &cobra.Command{
		Use: "up", Short: "Start a pair, apply the guide and leave it up", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run.Up(cmd.Context(), *o, !bare) },
	}
	cellFlags(command.Flags(), o)
	command.Flags().Lookup("stack").DefValue = run.Containers
	_ = command.Flags().MarkHidden("keep")
	command.Flags().BoolVar(&bare, "by-hand", false, "do not apply the guide")
	o.Stack, o.Parallel = run.Containers, 1
	return command
}

func newStackDown(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "down [RUN...]", Short: "Take down what --keep and `stack up` left, or the named runs",
		RunE: func(cmd *cobra.Command, args []string) error {
			removed, err := containers.Down(cmd.Context(), args...)
			for _, id := range removed {
				fmt.Fprintf(env.Out, "took down %s\n", id)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(env.Out, "nothing was left up")
			}
			return err
		},
	}
}

func newStackList(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the stacks on the engine", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			left, err := containers.List(cmd.Context())
			for _, l := range left {
				fmt.Fprintf(env.Out, "%s  since %s, kept: %v\n", l.Run, l.Created.Format("2006-01-02 15:04"), l.Kept)
				for _, service := range l.Services {
					fmt.Fprintf(env.Out, "  %s\n", service)
				}
			}
			return err
		},
	}
}

func newStackCompose(env Environment) *cobra.Command {
	o := options(env)
	command := &cobra.Command{
		Use: "compose", Short: "Print a docker-compose.yml with the pair, for following the guide by hand", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			plan, err := run.StackPlan(cmd.Context(), *o)
			if err != nil {
				return err
			}
			file, err := containers.Compose(plan)
			if err != nil {
				return err
			}
			_, err = env.Out.Write(file)
			return err
		},
	}
	whichCell(command, o)
	return command
}
