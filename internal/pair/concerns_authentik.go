package pair

import (
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// required: what the API does not do without.
func (l *look) required() {
	wanted := []string{"name", "authorization_flow"}
	if l.authentik.Has(version.InvalidationFlow) {
		wanted = append(wanted, "invalidation_flow")
	}
	if l.authentik.Has(version.RedirectURIList) {
		wanted = append(wanted, "redirect_uris")
	}
	for _, key := range wanted {
		path := "authentik.provider." + key
		if l.provider[key] == nil && !l.byForm() && !l.unread(path) {
			l.say(WillFail, "pair.field-required", key, path, "authentik "+l.authentik.Version+" makes no provider without "+key, "write it")
		}
	}
}

// signingKey: without one ID tokens are signed with HS256, and Immich expects another algorithm unless it was told.
func (l *look) signingKey() {
	const path = "authentik.provider.signing_key"
	value, said := l.provider["signing_key"]
	if key, _ := value.(string); key != "" || !said && l.byForm() || l.unread(path) {
		return
	}
	if algorithm := l.oauthText("signingAlgorithm", "RS256"); algorithm != "HS256" {
		l.say(WillFail, "authentik.signing-key-missing", "", path, "the provider has no signing key, so that authentik signs with HS256, and Immich expects "+algorithm,
			"select a signing key, or set Immich's signing algorithm to HS256")
	}
}

func (l *look) encryptionKey() {
	if l.providerText("encryption_key") != "" {
		l.say(WillFail, "authentik.encryption-key", "", "authentik.provider.encryption_key", "the provider encrypts ID tokens, and Immich reads none that are encrypted", "clear the encryption key")
	}
}

// mapped are the scopes that have a mapping; known is false where a mapping's scope could not be read.
func (l *look) mapped() (scopes []string, known bool) {
	if l.Authentik.Mappings == nil && l.byForm() {
		return []string{"openid", "email", "profile"}, !l.unread("authentik.mappings")
	}
	known = !l.unread("authentik.mappings")
	for _, m := range l.Authentik.Mappings {
		scopes = append(scopes, m.Scope)
		known = known && m.Scope != ""
	}
	return scopes, known
}

// asked are the scopes that Immich asks for.
func (l *look) asked() []string { return strings.Fields(l.oauthText("scope", "openid email profile")) }

// missingMappings: a scope without a mapping is taken out of the request.
func (l *look) missingMappings() {
	scopes, known := l.mapped()
	if !known {
		return
	}
	const path = "authentik.mappings"
	if len(scopes) == 0 {
		l.say(WillFail, "authentik.scope-mapping-missing", "", path, "the provider has no scope mappings: logins have no scopes and no e-mail", "select the mappings for openid, email and profile")
		return
	}
	for _, scope := range l.asked() {
		if slices.Contains(scopes, scope) {
			continue
		}
		level, what := Differs, "gets none of its claims"
		if scope == "email" || scope == "openid" {
			level, what = WillFail, "refuses the login"
		}
		l.say(level, "authentik.scope-mapping-missing", scope, path, "Immich asks for the scope "+scope+", which the provider has no mapping for, and "+what, "select a mapping for "+scope)
	}
}

// grants: authentik's form fills in the grants, its API does not.
func (l *look) grants() {
	const path = "authentik.provider.grant_types"
	if !l.authentik.Has(version.GrantTypes) || l.unread(path) {
		return
	}
	value, said := l.provider["grant_types"]
	list, _ := value.([]any)
	if slices.Contains(list, any("authorization_code")) || !said && l.byForm() {
		return
	}
	text := "no grant types are written: a provider that is made so in authentik " + l.authentik.Version + " allows none, and refuses every login; one from before an upgrade keeps all"
	if said {
		text = "the provider does not allow the grant authorization_code"
	}
	l.say(WillFail, "authentik.grant-types-empty", "", path, text, "write grant_types: [authorization_code, refresh_token]")
}

// subject: Immich knows people by it.
func (l *look) subject() {
	what := map[string]string{"user_email": "e-mail", "user_username": "user name"}[l.providerText("sub_mode")]
	if what != "" {
		l.say(Differs, "pair.subject-changes", "", "authentik.provider.sub_mode",
			"people are told apart by their "+what+": after a change of it Immich says that the account is linked to another identity", "use hashed_user_id; linked accounts have to be unlinked once")
	}
}

// launchURL: authentik guesses a tile's address from the first redirect URI.
func (l *look) launchURL() {
	const path = "authentik.application.meta_launch_url"
	app := l.Authentik.Application
	uris := l.registered()
	if launch, _ := app["meta_launch_url"].(string); app == nil || launch != "" || l.unread(path) || len(uris) == 0 || l.unread(uriPath) {
		return
	}
	u, err := url.Parse(strings.ReplaceAll(uris[0].URL, `\`, ""))
	if err == nil && !strings.HasPrefix(u.Scheme, "http") {
		l.say(Differs, "pair.launch-url-guessed", "", path, "there is no launch URL, so that authentik guesses "+u.Scheme+": from the first redirect URI: the tile leads nowhere",
			"write meta_launch_url, or put a web address first")
	}
}

// logout: authentik's server tells Immich's that a session has ended, at the Logout URI.
func (l *look) logout() {
	uri := l.providerText("logout_uri")
	if uri == "" || !l.authentik.Has(version.LogoutFields) || !l.immich.Has(version.BackchannelLogout) {
		return
	}
	const stays = "who signs out of authentik stays signed in to Immich"
	if !strings.HasSuffix(uri, immich.BackchannelPath) {
		l.say(Differs, "authentik.logout-uri", "", "authentik.provider.logout_uri", "the Logout URI is "+uri+", and Immich takes logout tokens at "+immich.BackchannelPath+": "+stays,
			"write Immich's address with "+immich.BackchannelPath)
	}
	if l.providerText("logout_method") == "frontchannel" {
		l.say(Differs, "authentik.logout-method", "", "authentik.provider.logout_method", "the browser is to tell of a logout, which Immich does not hear: "+stays, "write backchannel")
	}
}

// publicClient: a public client has no secret.
func (l *look) publicClient() {
	if l.providerText("client_type") == "public" && !l.immich.Has(version.TokenEndpointAuth) {
		l.say(WillFail, "pair.public-client", "", "authentik.provider.client_type", "the client is public, and Immich "+l.immich.Version+" does not do without a secret", "make it confidential")
	}
}

// gives reports whether a mapping gives a claim, as far as its expression can be told.
func gives(m guide.Mapping, claim string) bool {
	if own, ok := shippedBy("managed", m.Managed); ok && m.Expression == "" {
		return slices.Contains(own.claims, claim)
	}
	return strings.Contains(m.Expression, `"`+claim+`"`) || strings.Contains(m.Expression, `'`+claim+`'`)
}
