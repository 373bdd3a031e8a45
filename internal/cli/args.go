package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/run"
)

// misuse is a mistake in how a command was called, with the way out.
func misuse(cmd *cobra.Command, format string, args ...any) error {
	return &run.UsageError{Err: fmt.Errorf(format+" (see `%s --help`)", append(args, cmd.CommandPath())...)}
}

// group makes a command of commands: alone it says what there is, and it refuses what there is not.
func group(command *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	command.AddCommand(commands...)
	command.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := ""
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = "; did you mean " + strings.Join(near, " or ") + "?"
		}
		return misuse(cmd, "there is no command %q%s", cmd.CommandPath()+" "+args[0], hint)
	}
	command.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	command.SuggestionsMinimumDistance = 2
	return command
}

// wants accepts one argument per name in names, "REVISION REVISION"; empty: none.
func wants(names string) cobra.PositionalArgs {
	wanted := strings.Fields(names)
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(wanted):
			return misuse(cmd, "%s is missing", strings.Join(wanted[len(args):], " "))
		case len(args) > len(wanted):
			return misuse(cmd, "unexpected argument %q", args[len(wanted)])
		}
		return nil
	}
}

// upTo accepts the one argument of that name, or none.
func upTo(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return wants(name)(cmd, args)
	}
}

// globs is a flag for names of checks. It may be given more than once, and a comma separates globs except in the
// brackets of a variant.
type globs []string

// Set implements pflag.Value.
func (g *globs) Set(text string) error {
	depth := 0
	for _, glob := range strings.FieldsFunc(text, func(r rune) bool {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		}
		return r == ',' && depth <= 0
	}) {
		*g = append(*g, strings.TrimSpace(glob))
	}
	return nil
}

// String implements pflag.Value.
func (g *globs) String() string { return strings.Join(*g, ",") }

// Type implements pflag.Value.
func (g *globs) Type() string { return "GLOB,…" }

// command is what was typed, for the report. What a guide's address has beside host and path may be a credential.
func command(args []string) []string {
	all := slices.Clone(args)
	for i, arg := range all {
		flag, address, joined := strings.Cut(arg, "=")
		if !joined || !strings.HasPrefix(flag, "--") {
			flag, address, joined = "", arg, false
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme == "" || u.Host == "" {
			continue
		}
		u.User, u.RawQuery, u.Fragment = nil, "", ""
		all[i] = u.String()
		if joined {
			all[i] = flag + "=" + u.String()
		}
	}
	return append([]string{"ssoproof"}, all...)
}
