package authentik

import (
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// What every known form fills in, where the facts of a release do not say.
const (
	defaultFormScopes = "openid email profile"
	defaultGrantTypes = "authorization_code refresh_token"
	confidential      = "confidential"
)

// formValues sends what authentik's form fills in and its API does not, so that a provider made here is the one that a
// person gets. Without mappings there are no claims, without grant types no login at all.
//
// A pair file that did not come through the form has its own mappings, or none; so with all that the form would fill in.
func (t *translation) formValues() {
	const reason = "the form's default; the API's differs"
	if t.at.said != nil {
		t.provider[mappingsField] = t.at.said
	}
	if t.bare() {
		return
	}
	if t.at.said == nil {
		t.formMappings(reason)
	}
	if t.r.Has(version.InvalidationFlow) {
		slug := formDefault(t.r, version.FormInvalidationFlow, InvalidationFlow)
		t.provider["invalidation_flow"] = t.find(t.at.flows, "flow", slug, 0)
		t.fromForm("invalidation_flow", slug, "the form's default; the API has none")
	}
	if t.r.Has(version.GrantTypes) {
		grants := formDefault(t.r, version.FormGrantTypes, defaultGrantTypes)
		t.provider["grant_types"] = strings.Fields(grants)
		t.fromForm("grant_types", grants, reason)
	}
	if _, documented := t.provider["client_type"]; !documented {
		t.provider["client_type"] = formDefault(t.r, version.FormClientType, confidential)
	}
	ofAPI := validities()
	for _, field := range sortedKeys(ofAPI) {
		value := formDefault(t.r, field, "")
		if value == "" || value == ofAPI[field] {
			continue
		}
		t.provider[field] = value
		t.fromForm(field, value, reason)
	}
}

func (t *translation) formMappings(reason string) {
	scopes := formDefault(t.r, version.FormPropertyMappings, defaultFormScopes)
	mappings := []string{}
	for _, managed := range managedScopes(scopes) {
		mappings = append(mappings, t.find(t.at.scopes, "scope mapping", managed, 0))
	}
	t.provider[mappingsField] = mappings
	t.fromForm(mappingsField, scopes, reason)
}

// validities are the provider's lifetimes with the defaults of the API.
func validities() map[string]string {
	return map[string]string{
		version.FormAccessCodeValidity:    "minutes=1",
		version.FormAccessTokenValidity:   "hours=1",
		version.FormRefreshTokenValidity:  "days=30",
		version.FormRefreshTokenThreshold: "seconds=0",
	}
}

// formDefault is what the release's form fills in, or a fallback where the facts do not say.
func formDefault(r *version.Release, field, fallback string) string {
	if value, ok := r.FormDefaults[field]; ok {
		return value
	}
	return fallback
}

// managedScopes are the managed names of authentik's own mappings for scopes, by which they are found in any language.
func managedScopes(scopes string) []string {
	names := strings.Fields(scopes)
	slices.Sort(names)
	for i, name := range names {
		names[i] = managedScope + name
	}
	return names
}
