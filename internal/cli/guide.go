package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/run"
)

func newGuide(env Environment) *cobra.Command {
	return group(&cobra.Command{Use: "guide", Short: "Show what a revision of the guide documents"},
		newGuideShow(env), newGuideDiff(env), newGuideList(env))
}

func newGuideShow(env Environment) *cobra.Command {
	format := "text"
	command := &cobra.Command{
		Use: "show REVISION|FILE|URL", Short: "Show the settings of a guide, each with its line", Args: wants("REVISION|FILE|URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := guide.Load(cmd.Context(), args[0], client())
			if err != nil {
				return &run.UsageError{Err: err}
			}
			switch format {
			case "text":
				return settings.WriteText(env.Out)
			case "json":
				return writeJSON(env.Out, settings)
			}
			return misuse(cmd, "--format %s: want text or json", format)
		},
	}
	command.Flags().StringVar(&format, "format", format, "text or json")
	return command
}

// writeJSON keeps <application_slug> readable.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func newGuideDiff(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "diff REVISION REVISION", Short: "Show which settings differ between two guides", Args: wants("REVISION REVISION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var sides [2]*guide.Settings
			var errs [2]error
			for i, name := range args {
				if sides[i], errs[i] = guide.Load(cmd.Context(), name, client()); errs[i] != nil {
					errs[i] = &run.UsageError{Err: errs[i]}
				}
			}
			if err := errors.Join(errs[:]...); err != nil {
				return err
			}
			changes := guide.Diff(sides[0], sides[1])
			for i, c := range changes {
				if i == 0 || changes[i-1].Field != c.Field {
					fmt.Fprintln(env.Out, c.Field)
				}
				fmt.Fprintf(env.Out, "  - %s\n  + %s\n", said(sides[0], c.Before, c.BeforeLine), said(sides[1], c.After, c.AfterLine))
			}
			if len(changes) == 0 {
				fmt.Fprintln(env.Out, "no setting differs")
			}
			return nil
		},
	}
}

func said(s *guide.Settings, value string, line int) string {
	if value == "" {
		return "not documented"
	}
	return fmt.Sprintf("%s (%s)", value, s.Ref(line))
}

func newGuideList(env Environment) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the revisions that are built in", Args: wants(""),
		RunE: func(*cobra.Command, []string) error {
			revisions, err := guide.Revisions()
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "REVISION\tCOMMIT\tSHIPPED WITH AUTHENTIK")
			for _, r := range revisions {
				releases := strings.Join(r.Releases, ", ")
				if releases == "" {
					releases = "-"
				}
				fmt.Fprintf(table, "%s\t%.12s\t%s\n", r.Revision, cmp.Or(r.Commit, "-"), releases)
			}
			return table.Flush()
		},
	}
}
