package cli

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/run"
)

func newExplain(env Environment, o run.Options) *cobra.Command {
	command := &cobra.Command{
		Use: "explain ID", Short: "Say what a check proves, or what a cause means and what to change", Args: wants("ID"),
		Example: "  ssoproof explain login.web.first\n  ssoproof explain 'redirect.*'\n  ssoproof explain immich.issuer-slash",
		RunE: func(cmd *cobra.Command, args []string) error {
			causes, err := causesLike(args[0])
			if err != nil {
				return err
			}
			for _, c := range causes {
				explainCause(env.Out, c)
			}
			checks, err := run.Explain(cmd.Context(), o, args[0])
			explainAll(env.Out, checks)
			if len(causes) > 0 {
				return nil // whatever is wrong with it as the name of a check
			}
			return err
		},
	}
	whichCell(command, &o)
	return command
}

func causesLike(glob string) ([]diagnose.Text, error) {
	all, err := diagnose.Texts()
	if err != nil {
		return nil, err
	}
	var found []diagnose.Text
	for _, c := range all {
		if fits, err := path.Match(glob, c.ID); err == nil && fits {
			found = append(found, c)
		}
	}
	return found, nil
}

// explainWidth is of the paragraphs, in columns.
const explainWidth = 100

// explainCause says all that is known of a cause. What a run fills in stands in ‹such marks›.
func explainCause(w io.Writer, c diagnose.Text) {
	fmt.Fprintf(w, "%s (cause)\n  %s\n\n", c.ID, diagnose.Plain(c.Title))
	fmt.Fprintf(w, "%s\n\n", strings.TrimRight(plain.Wrap(diagnose.Plain(c.Explanation), explainWidth, "  "), "\n"))
	for _, part := range [][2]string{
		{"to change", c.Fix.Text}, {"in the product", c.Fix.UI}, {"by the API", c.Fix.API}, {"to tell it from others", c.Tell}, {"releases", c.Releases},
	} {
		if part[1] != "" && part[1] != "-" {
			fmt.Fprintf(w, "  %s: %s\n", part[0], diagnose.Plain(part[1]))
		}
	}
	for _, link := range c.Links {
		fmt.Fprintf(w, "  see %s\n", link)
	}
	fmt.Fprintln(w)
}
