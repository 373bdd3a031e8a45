package run

import (
	"context"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// allLines is more than a product logs in a run.
const allLines = 1_000_000

// lines are what the products said since a time beside their answers, without secrets: of their logs the warnings and
// errors, of authentik's events those that say what went wrong. What cannot be read supports no cause; it is no error.
func (j *judge) lines(ctx context.Context, since time.Time) []diagnose.Line {
	events, _ := j.pair.world.Authentik.Troubles(ctx, since)
	all := diagnose.OfEvents(events)
	for _, service := range j.stack.Services() {
		if isProduct(service.Name) {
			all = append(all, j.logged(ctx, service, since)...)
		}
	}
	return all
}

func (j *judge) logged(ctx context.Context, service stack.Service, since time.Time) []diagnose.Line {
	by := check.Immich
	if strings.HasPrefix(service.Name, "authentik") {
		by = check.Authentik
	}
	log := diagnose.NewLog(by, since)
	log.Redact = j.redactor.Text
	_ = j.stack.LastLines(ctx, service.Name, allLines, log) // as far as it can be read
	return log.Lines()
}

// firstStart is when the first of the checks began.
func firstStart(failed []diagnose.Failed) time.Time {
	first := time.Now()
	for _, f := range failed {
		if f.Started.Before(first) {
			first = f.Started
		}
	}
	return first
}
