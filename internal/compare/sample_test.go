package compare_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// run is a report as a run on a pair leaves it, with the given changes to it.
func run(changes ...func(*report.Report)) *report.Report {
	r := &report.Report{
		SchemaVersion: report.SchemaVersion,
		Run: report.Run{ID: "20260102-030405", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 60,
			Command: []string{"ssoproof", "run"}, Tool: "v0.1.0"},
		Cell: report.Cell{Authentik: "2024.8.4", Immich: "v2.7.5", Guide: "2024-03-28"},
		Stack: report.Stack{Kind: stack.Containers, Services: []stack.Service{
			{Name: "authentik-server", Image: "ghcr.io/goauthentik/server:2024.8.4", Observed: "2024.8.4"},
			{Name: "immich", Image: "ghcr.io/immich-app/immich-server:v2.7.5", Observed: "v2.7.5"},
		}},
		Settings: guide.Settings{Source: "index.md", RedirectURIs: []guide.RedirectURI{
			{URL: "https://immich.company/auth/login", Matching: guide.Strict, Purpose: guide.Authorization, Line: 37},
		}},
		Verdict: report.Conformant,
	}
	for _, change := range changes {
		change(r)
	}
	return r
}

// on puts the run on another authentik.
func on(authentik string) func(*report.Report) {
	return func(r *report.Report) {
		r.Cell.Authentik = authentik
		r.Stack.Services[0].Image = "ghcr.io/goauthentik/server:" + authentik
		r.Stack.Services[0].Observed = authentik
	}
}

// has plans a check that came to a status. What did not pass says why.
func has(name string, status check.Status, changes ...func(*check.Result)) func(*report.Report) {
	return func(r *report.Report) {
		c := result(name, status)
		for _, change := range changes {
			change(&c)
		}
		r.Plan.Checks = append(r.Plan.Checks, name)
		r.Checks = append(r.Checks, c)
	}
}

func result(name string, status check.Status) check.Result {
	id, rest, _ := strings.Cut(name, "[")
	c := check.Result{ID: id, Title: "the statement of " + id, Level: check.Must, Status: status,
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 1,
		Requirements: []check.Judgement{{
			Requirement: check.Requirement{Key: "key", Text: "it is so", Source: check.Source{File: "index.md", Line: 37}}, Outcome: check.Confirmed,
		}},
	}
	for _, pair := range strings.Split(strings.TrimSuffix(rest, "]"), ",") {
		if key, value, found := strings.Cut(pair, "="); found {
			if c.Variant == nil {
				c.Variant = check.Variant{}
			}
			c.Variant[key] = value
		}
	}
	if status != check.Pass {
		c.Reason = fmt.Sprintf("the reason for %s", status)
	}
	if status == check.Fail || status == check.ExpectedFail {
		c.Findings = []check.Finding{{Requirement: "key", Message: "it is not so", Expected: "so", Actual: "otherwise", Fix: "make it so"}}
	}
	return c
}

// planned is a check that the run did not reach.
func planned(name string) func(*report.Report) {
	return func(r *report.Report) { r.Plan.Checks = append(r.Plan.Checks, name) }
}

func without[W string | report.Why](name string, why W) func(*report.Report) {
	return func(r *report.Report) {
		c := result(name, check.Pass)
		e := report.Excluded{ID: c.ID, Variant: c.Variant, Why: report.NotApplicable, Reason: string(why)}
		if kind, onRequest := any(why).(report.Why); onRequest {
			e = report.LeftOut(c.ID, c.Variant, kind)
		}
		r.Plan.Excluded = append(r.Plan.Excluded, e)
	}
}

func ends(v report.Verdict, err string) func(*report.Report) {
	return func(r *report.Report) { r.Verdict, r.Run.Error = v, err }
}

func fakes(r *report.Report) {
	r.Stack = report.Stack{Kind: stack.Fake, Services: []stack.Service{{Name: "authentik", Fake: true}, {Name: "immich", Fake: true}}}
	r.Verdict = report.FakesOK
}

func level(l check.Level) func(*check.Result) { return func(c *check.Result) { c.Level = l } }

func saw(key, value string) func(*check.Result) {
	return func(c *check.Result) {
		if c.Observations == nil {
			c.Observations = map[string]string{}
		}
		c.Observations[key] = value
	}
}

func finds(actual string) func(*check.Result) {
	return func(c *check.Result) { c.Findings[0].Actual = actual }
}
