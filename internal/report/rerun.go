package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// Rerun is the command that repeats this run with only the named check; without a name, all of what it was.
func (r *Report) Rerun(name string) string {
	typed := r.Run.Command[min(1, len(r.Run.Command)):]
	if r.Live() { // all of it is asked at once
		return ShellLine(append([]string{"ssoproof"}, WithoutFlags(typed, "--out")...))
	}
	other := []string{"--out"}
	if name != "" {
		other = append(other, "--only", "--skip")
	}
	var args []string
	switch kept := WithoutFlags(typed, other...); {
	case r.Upgrade == nil && slices.Contains(typed, "run"), r.Upgrade != nil && slices.Contains(typed, "upgrade"):
		args = kept
	case r.Upgrade == nil && slices.Contains(typed, "upgrade"):
		args = r.beforeUpgrade(kept)
	default:
		args = r.ofCell()
	}
	line := ShellLine(append([]string{"ssoproof"}, args...))
	if name == "" {
		return line
	}
	return line + " --only '" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// ofCell are the arguments of a run of this cell, where nobody typed any.
func (r *Report) ofCell() []string {
	args := []string{"run", "--authentik", r.Cell.Authentik, "--immich", r.Cell.Immich}
	if r.Stack.Kind == stack.Fake {
		args = append(args, "--stack", string(stack.Fake))
	}
	if r.Settings.Configuration != nil {
		return append(args, "--pair", r.Cell.Guide)
	}
	return append(args, "--guide", r.Cell.Guide)
}

// beforeUpgrade are the arguments of a run of the pair from before an upgrade that was typed.
func (r *Report) beforeUpgrade(typed []string) []string {
	args := []string{"run", "--authentik", r.Cell.Authentik, "--immich", r.Cell.Immich}
	typed = WithoutFlags(typed, "--from", "--to", "--via", "--order")
	for i := 0; i < len(typed); i++ {
		name, value, joined := strings.Cut(typed[i], "=")
		switch {
		case typed[i] == "upgrade":
		case name != "--image":
			args = append(args, typed[i])
		default:
			if !joined && i+1 < len(typed) {
				i++
				value = typed[i]
			}
			args = append(args, r.imagesBefore(value)...)
		}
	}
	return args
}

// imagesBefore are the images of SERVICE=REF,SERVICE@VERSION=REF,… that ran.
func (r *Report) imagesBefore(value string) []string {
	var args []string
	for _, one := range strings.Split(value, ",") {
		service, ref, _ := strings.Cut(one, "=")
		service, release, exact := strings.Cut(service, "@")
		if !exact || release == r.Cell.Authentik || release == r.Cell.Immich {
			args = append(args, "--image", service+"="+ref)
		}
	}
	return args
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
