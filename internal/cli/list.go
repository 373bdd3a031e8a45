package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/suites"
)

func newList(env Environment) *cobra.Command {
	o := options(env)
	command := &cobra.Command{
		Use: "list", Short: "List the checks that apply to a cell", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, excluded, err := run.Catalogue(cmd.Context(), *o)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
			for _, c := range checks {
				fmt.Fprintf(table, "%s\t%s\t%s\n", c.Name(), c.Level, c.Title)
			}
			for _, e := range excluded {
				fmt.Fprintf(table, "%s\tnot here\t%s\n", e.ID, e.Reason)
			}
			return table.Flush()
		},
	}
	whichCell(command, o)
	return command
}

func newExplain(env Environment) *cobra.Command {
	o := options(env)
	command := &cobra.Command{
		Use: "explain ID", Short: "Say what a check proves, and by which requirements", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Only = args
			checks, _, err := run.Catalogue(cmd.Context(), *o)
			if err != nil {
				return err
			}
			for _, c := range checks {
				explain(env.Out, c)
			}
			return nil
		},
	}
	whichCell(command, o)
	return command
}

func explain(w io.Writer, c suites.Check) {
	fmt.Fprintf(w, "%s (%s)\n  %s.\n", c.Name(), c.Level, strings.ToUpper(c.Title[:1])+c.Title[1:])
	for _, q := range c.Requirements {
		fmt.Fprintf(w, "  - %s: %s\n", q.Key, q.Text)
		if q.Source != "" {
			fmt.Fprintf(w, "    source: %s\n", q.Source)
		}
	}
	if c.Changes != "" {
		fmt.Fprintf(w, "  It changes %s, alone, and gives it back.\n", c.Changes)
	}
	if len(c.Needs) > 0 {
		fmt.Fprintf(w, "  It proves nothing without %s.\n", strings.Join(c.Needs, ", "))
	}
	fmt.Fprintln(w)
}

// whichCell are the flags of commands that start nothing.
func whichCell(command *cobra.Command, o *run.Options) {
	o.Stack, o.Browser, o.Parallel = run.Auto, "auto", 1
	command.Flags().StringVar(&o.Authentik, "authentik", "", "authentik's version (default: of the newest proven pair)")
	command.Flags().StringVar(&o.Immich, "immich", "", "Immich's version (default: of the newest proven pair)")
	command.Flags().StringVar(&o.Guide, "guide", "", "a revision, a file or a URL (default: the one shipped with that authentik)")
}
