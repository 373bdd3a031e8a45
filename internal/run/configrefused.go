package run

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

// refusedConfig makes a mistake in what was asked for of Immich's refusal to start with its configuration file. s is nil where
// the stack did not come that far.
func (o Options) refusedConfig(ctx context.Context, err error, s stack.Stack) error {
	exited := new(stack.ExitedError)
	if o.client == nil || !errors.As(err, &exited) || exited.Service != containers.Immich {
		return err
	}
	log := exited.Tail
	if s != nil {
		var more strings.Builder
		if s.LastLines(context.WithoutCancel(ctx), containers.Immich, readLines, &more) == nil {
			log = more.String()
		}
	}
	why := refusals(log)
	if len(why) == 0 {
		return err
	}
	file := "--pair " + o.Pair
	if o.Files.ImmichConfig != "" {
		file = "--immich-config " + o.Files.ImmichConfig
	}
	return usage("%s: Immich does not start with this configuration: %s; correct it, or leave out what Immich has a default for", file, strings.Join(why, "; "))
}

// What Immich says of a configuration file (server/src/utils/config.ts, buildConfig): class-validator's words up to v2.7.5,
// zod's from v3.0.0.
var (
	constraint = regexp.MustCompile(`(?m)- property (\S+) has failed the following constraints: (.+?)\s*$`)
	issue      = regexp.MustCompile(`(?m)^\s*- \[([^\]\s]+)\] (.+?)\s*$`)
)

// refusals are what a log of Immich's says against its configuration file, each once.
func refusals(log string) []string {
	if !strings.Contains(log, "Invalid value(s) in file:") && !strings.Contains(log, "Invalid system config:") {
		return nil
	}
	var all []string
	seen := map[string]bool{}
	for _, m := range append(constraint.FindAllStringSubmatch(log, -1), issue.FindAllStringSubmatch(log, -1)...) {
		if text := m[1] + ": " + m[2]; !seen[text] {
			all, seen[text] = append(all, text), true
		}
	}
	return all
}
