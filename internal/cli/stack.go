package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/owner"
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
	all := false
	command := &cobra.Command{
		Use: "down [RUN...]", Short: "Take down what --keep and `stack up` left, or the named runs",
		Long: "Take down the stacks that --keep and `stack up` left, or the named runs. With --all also what killed runs have left\n" +
			"on this machine: their stacks, their Chrome, and their temporary files. A run that goes on is left alone, and named.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if all && len(args) > 0 {
				return &run.UsageError{Err: errors.New("name runs, or say --all, not both")}
			}
			if all {
				return downAll(cmd.Context(), env.Out)
			}
			if err := known(cmd.Context(), args); err != nil {
				return err
			}
			remove := func(ctx context.Context) ([]string, error) { return containers.Down(ctx, args...) }
			if len(args) == 0 {
				remove = func(ctx context.Context) ([]string, error) { return containers.DownAll(ctx, containers.Kept) }
			}
			removed, err := remove(cmd.Context())
			tookDown(env.Out, removed)
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(env.Out, "nothing was left up on purpose (`ssoproof stack list` shows all)")
			}
			return err
		},
	}
	command.Flags().BoolVar(&all, "all", false, "also what killed runs have left on this machine, Chrome included")
	return command
}

func tookDown(out io.Writer, runs []string) {
	for _, id := range runs {
		fmt.Fprintf(out, "took down %s\n", id)
	}
}

// downAll removes all that no run uses any more. Chrome and temporary files are there without an engine, too.
func downAll(ctx context.Context, out io.Writer) error {
	processes, folders, err := owner.CleanUp(ctx)
	if len(processes) > 0 {
		fmt.Fprintf(out, "ended a Chrome of a killed run (%d processes)\n", len(processes))
	}
	for _, folder := range folders {
		fmt.Fprintf(out, "removed %s\n", folder)
	}
	removed, engineErr := containers.DownAll(ctx, containers.Kept, containers.Abandoned)
	tookDown(out, removed)
	var others []containers.Left
	if engineErr == nil {
		others, engineErr = containers.List(ctx)
	}
	for _, l := range others {
		fmt.Fprintf(out, "left alone %s: %s; `ssoproof stack down %s` takes it down all the same\n", l.Run, l.State, l.Run)
	}
	err = errors.Join(err, engineErr)
	if err == nil && len(removed)+len(processes)+len(folders)+len(others) == 0 {
		fmt.Fprintln(out, "nothing is left")
	}
	return err
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
				fmt.Fprintf(env.Out, "%s  %s, since %s\n", l.Run, l.State, l.Created.Format("2006-01-02 15:04"))
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
