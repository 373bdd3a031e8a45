package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/suites"
)

func newList(env Environment, o run.Options) *cobra.Command {
	doctors := false
	command := &cobra.Command{
		Use: "list", Short: "List the checks that apply to a cell, or those of the doctor", Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var checks []suites.Check
			var excluded []report.Excluded
			var err error
			if doctors {
				checks, err = run.DoctorCatalogue(cmd.Context(), o)
			} else {
				checks, excluded, err = run.Catalogue(cmd.Context(), o)
			}
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
	whichCell(command, &o)
	command.Flags().BoolVar(&doctors, "live", false, "those of the doctor, which looks at a running pair")
	return command
}

// explainAll describes checks, those that are alike at once.
func explainAll(w io.Writer, checks []suites.Check) {
	for len(checks) > 0 {
		n := 1
		for n < len(checks) && alike(checks[0], checks[n]) {
			n++
		}
		explain(w, checks[:n])
		checks = checks[n:]
	}
}

// alike reports whether two checks are variants that differ in nothing but what is tried.
func alike(a, b suites.Check) bool {
	return a.ID == b.ID && a.Level == b.Level && a.Changes == b.Changes &&
		slices.Equal(a.Requirements, b.Requirements) && slices.Equal(a.Needs, b.Needs) && slices.Equal(a.Covers, b.Covers) && slices.Equal(a.Assumes, b.Assumes)
}

// explain describes checks that are alike, all at once.
func explain(w io.Writer, checks []suites.Check) {
	c := checks[0]
	fmt.Fprintf(w, "%s (%s)\n", c.ID, c.Level)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, variant := range checks {
		fmt.Fprintf(table, "  %s\t%s\n", strings.TrimPrefix(variant.Name(), c.ID), variant.Title)
	}
	_ = table.Flush() // to where the lines around it go
	fmt.Fprintln(w, "  requires")
	for _, q := range c.Requirements {
		fmt.Fprintf(w, "  - %s: %s\n", q.Key, q.Text)
		if !q.Source.IsZero() {
			fmt.Fprintf(w, "    (%s)\n", q.Source)
		}
	}
	if len(c.Covers) > 0 {
		fmt.Fprintf(w, "  It puts to the proof, where the guide documents it: %s.\n", strings.Join(c.Covers, ", "))
	}
	for _, what := range c.Assumes {
		fmt.Fprintf(w, "  It takes for granted %s.\n", what)
	}
	if c.Changes != "" {
		fmt.Fprintf(w, "  It changes the configuration (%s): it runs alone and gives it back.\n", c.Changes)
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
	command.Flags().StringVar(&o.Pair, "pair", "", "a pair file in the place of a guide")
	command.Flags().StringToStringVar(&o.Set, "set", nil, "replace an example name of the guide everywhere, NAME=VALUE")
}
