package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

func newStack(env Environment, o run.Options) *cobra.Command {
	return group(&cobra.Command{Use: "stack", Short: "Start a pair without judging it, or take it down"},
		newStackUp(o), newStackDown(env), newStackList(env), newStackPrune(env), newStackCompose(env, o))
}

func newStackUp(o run.Options) *cobra.Command {
	bare := false
	command := &cobra.Command{
		Use: "up", Short: "Start a pair, apply the guide and leave it up", Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error { return run.Up(cmd.Context(), o, !bare) },
	}
	cellFlags(command.Flags(), &o)
	command.Flags().Lookup("stack").Usage = "containers: nothing else outlives the command"
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
			if err := known(cmd.Context(), args); err != nil {
				return err
			}
			removed, err := containers.Down(cmd.Context(), args...)
			for _, id := range removed {
				fmt.Fprintf(env.Out, "took down %s\n", id)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(env.Out, "nothing was left up on purpose (`ssoproof stack list` shows all)")
			}
			return err
		},
	}
}

// known refuses runs that are not on the engine, and names those that are.
func known(ctx context.Context, runs []string) error {
	if len(runs) == 0 {
		return nil
	}
	left, err := containers.List(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range left {
		ids = append(ids, l.Run)
	}
	var unknown []error
	for _, id := range runs {
		if !slices.Contains(ids, id) {
			there := "there is none"
			if len(ids) > 0 {
				there = "there are " + strings.Join(ids, ", ")
			}
			unknown = append(unknown, &run.UsageError{Err: fmt.Errorf("no stack %q is on this engine; %s", id, there)})
		}
	}
	return errors.Join(unknown...)
}

func newStackList(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the stacks on the engine", Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			left, err := containers.List(cmd.Context())
			for _, l := range left {
				state := "runs, or was left behind"
				if l.Kept {
					state = "kept"
				}
				fmt.Fprintf(env.Out, "%s  %s, since %s\n", l.Run, state, l.Created.Format("2006-01-02 15:04"))
				for _, service := range l.Services {
					fmt.Fprintf(env.Out, "  %s\n", service)
				}
			}
			if err == nil && len(left) == 0 {
				fmt.Fprintln(env.Out, "no stack is on this engine")
			}
			return err
		},
	}
}

func newStackPrune(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "prune", Short: "Remove the images that this program has made: edges and snapshots of databases", Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			removed, err := containers.Prune(cmd.Context(), containers.Edges, containers.Snapshots)
			for _, name := range removed {
				fmt.Fprintf(env.Out, "removed %s\n", name)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(env.Out, "nothing to remove that is not in use")
			}
			return err
		},
	}
}

func newStackCompose(env Environment, o run.Options) *cobra.Command {
	command := &cobra.Command{
		Use: "compose", Short: "Print a docker-compose.yml with the pair, for following the guide by hand", Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			plan, err := run.StackPlan(cmd.Context(), o)
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
	whichCell(command, &o)
	return command
}
