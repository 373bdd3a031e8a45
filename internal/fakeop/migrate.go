package fakeop

import (
	"errors"
	"math"
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// The names of the faults that show in an upgrade only: when a double takes over what another one has stored.
const (
	redirectsRewritten = "upgrade-rewrites-redirects"
	sessionsDropped    = "upgrade-drops-sessions"
	consentReset       = "upgrade-resets-consent"
	subjectsChanged    = "upgrade-changes-subjects"
	migrationFails     = "migration-fails"
	migrationHangs     = "migration-hangs"
)

// UpgradeFaults lists the faults of taking over what an older release has stored.
func UpgradeFaults() []Fault {
	return []Fault{
		{redirectsRewritten, "An upgrade leaves strict redirect URIs as they are."},
		{sessionsDropped, "A session outlives an upgrade."},
		{consentReset, "Consent outlives an upgrade."},
		{subjectsChanged, "A person's subject outlives an upgrade."},
		{migrationFails, "A release starts on the database of the one before."},
		{migrationHangs, "A release that starts on an older database becomes ready."},
	}
}

// migrate makes of what an older release stored what this one would, as the product's migrations and blueprints do.
func (s *Server) migrate() error {
	if s.faults[migrationFails] {
		return errors.New(`django.db.utils.ProgrammingError: relation "authentik_providers_oauth2_oauth2provider" does not exist`)
	}
	if s.faults[migrationHangs] {
		s.options.StartingCalls = math.MaxInt / 4
	}
	if s.has(version.InvalidationFlow) && find(s.state.flows, "slug", flowEndProvider) == nil {
		s.state.flows = append(s.state.flows, flow(flowEndProvider, "You've logged out of %(app)s.", "invalidation"))
	}
	for i, p := range s.state.providers {
		migrated, err := s.migrateProvider(p)
		if err != nil {
			return err
		}
		s.state.providers[i] = migrated
	}
	if s.faults[sessionsDropped] {
		clear(s.state.sessions)
	}
	if s.faults[consentReset] {
		s.state.consents = nil
	}
	if s.faults[subjectsChanged] {
		for _, u := range s.state.users {
			u.uuid = newUUID()
		}
	}
	return nil
}

// migrateProvider gives a provider the fields of this release.
func (s *Server) migrateProvider(old object) (object, error) {
	p := s.newProvider()
	if flow := find(s.state.flows, "slug", flowEndProvider); flow != nil && s.has(version.InvalidationFlow) {
		p["invalidation_flow"] = flow["pk"]
	}
	if s.has(version.GrantTypes) {
		p["grant_types"] = []any{
			"authorization_code", "implicit", "hybrid", "refresh_token", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code",
		}
	}
	for key := range p {
		if value, there := old[key]; there {
			p[key] = value
		}
	}
	if uri, there := old["backchannel_logout_uri"]; there && s.has(version.LogoutFields) {
		p["logout_uri"] = uri
	}
	uris := old["redirect_uris"]
	if text, ok := uris.(string); ok && s.listShaped() {
		uris = strictEntries(text)
	}
	if s.faults[redirectsRewritten] {
		escape(uris)
	}
	stored, problem := s.readRedirectURIs(uris)
	if problem != nil {
		return nil, errors.New("migrate redirect_uris: " + jsonText(problem))
	}
	p["redirect_uris"] = stored
	return p, nil
}

// strictEntries is what migration 0024 makes of the text: no pattern stays one, but for "allow everything".
func strictEntries(text string) []any {
	entries := []any{}
	for _, line := range strings.Split(text, "\n") {
		mode := "strict"
		if line == "*" || line == ".*" {
			mode = "regex"
		}
		entries = append(entries, map[string]any{"matching_mode": mode, "url": line})
	}
	return entries
}

// escape writes strict entries as patterns are written, which 2024.8.5 did to those of outposts.
func escape(uris any) {
	list, _ := uris.([]any)
	for _, item := range list {
		if entry, ok := item.(map[string]any); ok && entry["matching_mode"] == "strict" {
			text, _ := entry["url"].(string)
			entry["url"] = regexp.QuoteMeta(text)
		}
	}
}
