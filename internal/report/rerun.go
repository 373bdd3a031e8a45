package report

import (
	"regexp"
	"slices"
	"strings"
)

// Rerun is the command that repeats this run with only the named check; without a name, all of what it was.
func (r *Report) Rerun(name string) string {
	args := []string{"ssoproof", "run"}
	command := "run"
	if r.Upgrade != nil {
		command = "upgrade"
	}
	if r.Live() { // all of it is asked at once
		return ShellLine(append(args[:1:1], WithoutFlags(r.Run.Command[min(1, len(r.Run.Command)):], "--out")...))
	}
	if len(r.Run.Command) > 1 && slices.Contains(r.Run.Command, command) {
		other := []string{"--out"}
		if name != "" {
			other = append(other, "--only", "--skip")
		}
		args = append(args[:1:1], WithoutFlags(r.Run.Command[1:], other...)...)
	} else {
		args = append(args, "--authentik", r.Cell.Authentik, "--immich", r.Cell.Immich, "--guide", r.Cell.Guide)
	}
	if name == "" {
		return ShellLine(args)
	}
	return ShellLine(args) + " --only '" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// WithoutFlags is a command line without some flags and their values.
func WithoutFlags(args []string, flags ...string) []string {
	var kept []string
	for i := 0; i < len(args); i++ {
		name, _, joined := strings.Cut(args[i], "=")
		if !slices.Contains(flags, name) {
			kept = append(kept, args[i])
		} else if !joined {
			i++ // its value
		}
	}
	return kept
}

// ShellLine is a command as a person can paste it.
func ShellLine(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = shellWord(arg)
	}
	return strings.Join(words, " ")
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
