// Package reporttest has a report for tests: of every status, every level and every field.
package reporttest

import (
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// GuidePage is the source of the sample's guide.
const GuidePage = "website/integrations/services/immich/index.md"

// Sample is a report that holds every status, every level and every field.
func Sample() *report.Report {
	r := &report.Report{
		SchemaVersion: report.SchemaVersion,
		Run: report.Run{
			ID: "20260102-030405-2025.8.1-v2.7.5", Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 163.4,
			Phases: []report.Phase{
				{Name: "guide", Seconds: 0.1}, {Name: "plan", Seconds: 0.1}, {Name: "stack", Seconds: 78.2},
				{Name: "configure", Seconds: 3.7}, {Name: "judge", Seconds: 81.3},
			},
			Command: []string{"bin/ssoproof", "run", "--stack", "containers", "--guide=2024-03-28", "--only", "login.*",
				"--set", "immich.company=my photos", "--out", "results/x"},
			Tool: "v0.1.0", PeakMemory: 96 << 20,
		},
		Cell: report.Cell{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2024-03-28"},
		Stack: report.Stack{Kind: stack.Containers, Warm: true, Services: []stack.Service{
			{Name: "authentik-server", Image: "ghcr.io/goauthentik/server:2025.8.1",
				Digest: "sha256:" + strings.Repeat("4c", 32), Observed: "2025.8.1"},
			{Name: "immich", Image: "ghcr.io/immich-app/immich-server:v2.7.5", Observed: "v2.7.5"},
			{Name: "edge"},
		}},
		Settings: guide.Settings{
			Revision: "2024-03-28", Commit: "0123456789abcdef0123456789abcdef01234567", Source: GuidePage,
			RedirectURIs: []guide.RedirectURI{
				{URL: "app.immich:/", Matching: guide.Regex, FromLabel: true, Purpose: guide.Authorization, Line: 36},
				{URL: "https://immich.company/auth/login", Matching: guide.Regex, FromLabel: true,
					Purpose: guide.Authorization, Line: 37},
				{URL: "https://immich.company/user-settings", Matching: guide.Regex, FromLabel: true,
					Purpose: guide.Authorization, Line: 38},
			},
			ClientType:   &guide.Value{Value: "Confidential", Line: 33, Kind: guide.Literal},
			SigningKey:   &guide.Value{Value: "any available key", Line: 39, Kind: guide.Choice},
			ImmichIssuer: &guide.Value{Value: "https://authentik.company/application/o/<application_slug>/", Line: 57, Kind: guide.Template},
			Placeholders: map[string]string{"immich.company": "immich.company"},
		},
		Resolved: []report.Resolved{
			{Product: "authentik", Field: "signing_key", Value: "authentik Self-signed Certificate",
				Reason: "the guide takes any available key; this is the one that authentik makes", Line: 39},
			{Product: "authentik", Field: "property_mappings", Value: "email, openid, profile", Reason: "the form's default"},
		},
		Notes: []string{"the label asks for mode RegEx; the form of authentik 2025.8 starts with Strict"},
		Plan: report.Plan{
			Excluded: []report.Excluded{
				{ID: "login.mobile.native", Variant: check.Variant{"app": "1.90"}, Why: report.NotApplicable, Reason: "this app does not speak to Immich v2.7.5"},
				{ID: "logout.backchannel", Why: report.NotApplicable, Reason: "Immich v2.7.5 has no back-channel logout | not before v3.0.0"},
			},
		},
		Checks: sampleResults(),
		Coverage: []report.Coverage{
			{Setting: "redirect_uris/app", Line: 36, State: report.Contradicted, Checks: []string{"guide.covers-clients"}},
			{Setting: "redirect_uris/login", Line: 37, State: report.Proven, Checks: []string{"login.web.again"}},
			{Setting: "client_type", Line: 33, State: report.NotCovered, Checks: []string{}, Reason: "no check of this run puts it to the proof"},
		},
		Causes:  sampleCauses(),
		Verdict: report.Violation,
	}
	for _, c := range r.Checks {
		r.Plan.Checks = append(r.Plan.Checks, c.Name())
	}
	return r
}

func sampleResults() []check.Result {
	at := time.Date(2026, 1, 2, 3, 5, 30, 0, time.UTC)
	guideLine := func(key, text string, line int, outcome string) check.Judgement {
		return check.Judgement{
			Requirement: check.Requirement{Key: key, Text: text, Source: check.Source{File: GuidePage, Line: line}}, Outcome: outcome,
		}
	}
	return []check.Result{
		{
			ID: "guide.authentik", Title: "What was applied to authentik reads back as the guide says.", Level: check.Must,
			Status: check.Pass, Started: at, Seconds: 0.412,
			Requirements: []check.Judgement{guideLine("type", "The client type is Confidential.", 33, check.Confirmed)},
			Observations: map[string]string{"provider.sub_mode": "hashed_user_id"},
		},
		{
			ID: "guide.covers-clients", Title: "Every redirect URI that Immich's clients send is registered.",
			Level: check.Must, Status: check.Fail, Started: at, Seconds: 0.101,
			Reason: "the app's redirect URI is not registered: expected a match for app.immich:///oauth-callback, got none",
			Requirements: []check.Judgement{
				{Requirement: check.Requirement{Key: "web", Text: "The web page's URI is registered.", Source: check.Source{File: GuidePage, Line: 37}},
					Outcome: check.Confirmed},
				{Requirement: check.Requirement{Key: "app", Text: "The URI that the app of Immich v2.7.5 sends is registered.",
					Source: check.Source{Work: "Immich v2.7.5"}}, Outcome: check.Failed},
			},
			Findings: []check.Finding{{
				Requirement: "app", Message: "the app's redirect URI is not registered",
				Expected: "a match for app.immich:///oauth-callback", Actual: "app.immich:/ matches only itself",
				Fix: "app.immich:///oauth-callback", Source: check.Source{File: GuidePage, Line: 36},
			}},
		},
		{
			ID: "login.web.first", Title: "A new user logs in on the web.", Level: check.Must, Status: check.Inconclusive,
			Variant: check.Variant{"consent": "explicit"}, Started: at, Seconds: 61.25,
			Reason:       "the browser reported net::ERR_NETWORK_CHANGED",
			Requirements: []check.Judgement{guideLine("landing", "The browser lands on the documented URI.", 37, check.NotJudged)},
			Steps: []check.Step{
				{Name: "open Immich", Seconds: 2.31}, {Name: "log in at authentik", Seconds: 5.02},
				{Name: "land", Seconds: 53.9, Error: "no landing on https://immich.company/auth/login within 50s"},
			},
			Evidence: []check.Evidence{
				{Kind: "screenshot", Name: "authentik's login", Path: "evidence/login.web.first-consent-explicit/01-login.png"},
				{Kind: "screenshot", Name: "failure", Path: "evidence/login.web.first-consent-explicit/02-failure.png"},
				{Kind: "exchanges", Name: "exchanges", Path: "evidence/login.web.first-consent-explicit/03-exchanges.json"},
			},
			Messages: browserMessages(),
		},
		{
			ID: "login.web.again", Title: "The same user logs in again.", Level: check.Must, Status: check.Skip, Started: at,
			Reason:       "blocked by login.web.first[consent=explicit]",
			BlockedBy:    []string{"login.web.first[consent=explicit]"},
			Requirements: []check.Judgement{guideLine("same", "The same account is used.", 37, check.NotJudged)},
		},
		{
			ID: "login.mobile.native", Title: "The app logs in by its own scheme.", Level: check.Must, Status: check.ExpectedFail,
			Variant: check.Variant{"app": "2.6", "slashes": "3"}, Started: at, Seconds: 3.2,
			Reason:       "known since 2025-01: the page lists app.immich:/ only (https://github.com/goauthentik/authentik/issues/1)",
			Requirements: []check.Judgement{guideLine("app", "The app gets a session.", 36, check.Failed)},
			Findings: []check.Finding{{Requirement: "app", Message: "no session", Expected: "201", Actual: "400",
				Evidence: []string{"evidence/login.mobile.native-app-2.6-slashes-3/01-exchanges.json"}}},
			Additions: []string{"a provider of its own for the override"},
			Messages:  appMessages(),
		},
		{
			ID: "redirect.refused", Title: "A URI that the guide does not list is refused.", Level: check.Must,
			Variant: check.Variant{"miss": "host-dot"}, Status: check.Fail, Started: at, Seconds: 1.9,
			Reason:       "authentik redirects to a host that nobody registered",
			Requirements: []check.Judgement{guideLine("refused", "Only the documented host gets a code.", 37, check.Failed)},
			Findings: []check.Finding{{
				Requirement: "refused", Message: "authentik redirects to a host that nobody registered",
				Expected: "the error page, status 400", Actual: "302 to https://immichXcompany/auth/login?code=REDACTED\x1b[31m\x00",
				Fix: `https://immich\.company/auth/login`,
			}},
		},
		{
			ID: "redirect.documented", Title: "A login works through each documented URI.", Level: check.Must,
			Variant: check.Variant{"uri": "app"}, Status: check.UnexpectedPass, Started: at, Seconds: 2.5,
			Reason:       "passed, but a known issue expects it to fail",
			Requirements: []check.Judgement{guideLine("uri", "app.immich:/ logs in.", 36, check.Confirmed)},
		},
		{
			ID: "token.id", Title: "The ID token is what the specification asks for.", Level: check.Must, Status: check.Error,
			Started: at, Seconds: 0.9, Reason: "panic: index out of range\ngoroutine 7 [running]:\nmain.go:1",
			Requirements: []check.Judgement{{Requirement: check.Requirement{Key: "iss", Text: "iss equals the issuer.",
				Source: check.Source{Work: "OpenID Connect Core §3.1.3.7"}}, Outcome: check.NotJudged}},
		},
		{
			ID: "logout.web", Title: "A logout ends the session on the server.", Level: check.Should, Status: check.Fail,
			Started: at, Seconds: 4.4, Reason: "the session at authentik lives on <script>alert(1)</script> | `x`",
			Requirements: []check.Judgement{{Requirement: check.Requirement{Key: "op", Text: "authentik's session ends as well.",
				Source: check.Source{Work: "OpenID Connect RP-Initiated Logout §2"}}, Outcome: check.Failed}},
			Findings: []check.Finding{{Requirement: "op", Message: "the session at authentik lives on <script>alert(1)</script> | `x`"}},
		},
		{
			ID: "logout.next-login", Title: "What the next login asks.", Level: check.Info, Status: check.Pass, Started: at,
			Seconds: 5.1, Observations: map[string]string{"asks": "password"},
			Requirements: []check.Judgement{{Requirement: check.Requirement{Key: "asks", Text: "It is observed."},
				Outcome: check.Confirmed}},
		},
	}
}
