package pair

import (
	"maps"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

const oauthPath = "immich.config.oauth."

func (l *look) off() {
	section, said := l.Immich.Config["oauth"]
	if _, ok := section.(map[string]any); said && !ok {
		return // told by its type
	}
	if enabled := l.oauth("enabled"); enabled != nil && enabled != false && enabled != "false" {
		return // on, or told by its type
	}
	if !l.on("oauth", "enabled", false) && !l.unread(oauthPath+"enabled") {
		l.say(WillFail, "immich.oauth-off", "", oauthPath+"enabled", "OAuth is not turned on, and its default is off", "write enabled: true")
	}
}

// issuer: what Immich makes of the address alone.
func (l *look) issuer() {
	const path = oauthPath + "issuerUrl"
	issuer := l.oauthText("issuerUrl", "")
	switch {
	case issuer == "":
		return
	case strings.HasPrefix(issuer, "http://") && l.immich.Has(version.SecureIssuerOnly) && !l.on("oauth", "allowInsecureRequests", false):
		l.say(WillFail, "immich.issuer-scheme", "", path, "Immich "+l.immich.Version+" asks for https, and the issuer is "+issuer, "serve authentik by https, or write allowInsecureRequests: true")
	case strings.HasPrefix(issuer, "http://"):
		l.say(Differs, "immich.issuer-scheme", "", path, "the issuer "+issuer+" is not https: codes and tokens cross the network in the clear, and Immich v3 refuses it unless told otherwise", "serve authentik by https")
	}
	switch {
	case !strings.Contains(issuer, "/application/o/"):
		l.say(WillFail, "immich.issuer-slug", "", path, "the issuer "+issuer+" is none of authentik's, which all have /application/o/ and a slug in them", "write https://‹authentik›/application/o/‹slug›/")
	case !strings.Contains(issuer, "/.well-known/") && !strings.HasSuffix(issuer, "/"):
		l.say(WillFail, "immich.issuer-slash", "", path, "the issuer lacks its trailing slash, without which authentik answers 404", "write "+issuer+"/")
	}
}

func (l *look) scope() {
	if l.unread(oauthPath + "scope") {
		return
	}
	for _, scope := range []string{"openid", "email"} {
		if !slices.Contains(l.asked(), scope) {
			l.say(WillFail, "immich.scope-missing", scope, oauthPath+"scope", "Immich does not ask for the scope "+scope+", and refuses logins without what it gives", "add "+scope+" to the scope")
		}
	}
}

func (l *look) profileAlgorithm() {
	algorithm := l.oauthText("profileSigningAlgorithm", "none")
	if algorithm == "none" || !l.immich.Has(version.ProfileSigning) {
		return
	}
	level := WillFail
	if l.immich.Has(version.IDTokenClaims) {
		level = Differs // userinfo is not asked where the ID token has an e-mail
	}
	l.say(level, "immich.profile-algorithm", "", oauthPath+"profileSigningAlgorithm", "Immich expects userinfo to be signed with "+algorithm+", and authentik signs none", "write none")
}

// quota: zero was "no limit" once.
func (l *look) quota() {
	if zero := l.oauth("defaultStorageQuota"); (zero == 0 || zero == 0.0) && l.immich.Has(version.NullQuota) {
		l.say(WillFail, "immich.quota-zero", "", oauthPath+"defaultStorageQuota", "newcomers get a quota of zero bytes: they log in and can store nothing", "write null for no limit")
	}
}

// wayIn: somebody has to be able to make the first account, and the next.
func (l *look) wayIn() {
	password, register := l.on("passwordLogin", "enabled", true), l.on("oauth", "autoRegister", true)
	switch {
	case !password && !register:
		l.say(WillFail, "pair.no-way-in", "", "immich.config.passwordLogin.enabled", "password logins and auto-registration are both off: nobody without an account gets in, and on an empty database nobody at all",
			"turn one of them on until everybody has an account")
	case !password:
		l.say(Differs, "pair.first-account", "", "immich.config.passwordLogin.enabled", "password logins are off: on an empty database the first login by OAuth is refused, since the first account must be the administrator's",
			"sign up the administrator first, with the e-mail that authentik knows")
	case !register:
		l.say(Differs, "immich.auto-register-off", "", oauthPath+"autoRegister", "Immich makes no accounts for newcomers", "make their accounts first, or turn auto-registration on")
	}
}

// ownScheme: an override that is the app's own address overrides nothing.
func (l *look) ownScheme() {
	on, _ := l.oauth("mobileOverrideEnabled").(bool)
	switch uri := l.oauthText("mobileRedirectUri", ""); {
	case on && uri == "":
		l.say(Differs, "pair.override-empty", "", oauthPath+"mobileRedirectUri", "the override is on and has no address, so that it has no effect", "write the address, or turn it off")
	case on && strings.HasPrefix(uri, "app.immich:"):
		l.say(Differs, "pair.override-own-scheme", "", oauthPath+"mobileRedirectUri", "the override is the app's own scheme, "+uri+": it is for providers that take web addresses only", "turn the override off")
	}
}

// newKeys: keys of other releases.
func (l *look) newKeys() {
	known := knownImmich()
	for _, section := range slices.Sorted(maps.Keys(known)) {
		keys := known[section]
		fields, _ := l.Immich.Config[section].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			if feature := keys[key]; feature != "" && !l.immich.Has(feature) {
				l.say(Differs, "pair.key-without-effect", section+"."+key, "immich.config."+section+"."+key, "Immich "+l.immich.Version+" knows no "+section+"."+key+" yet", "it is for a newer release")
			}
		}
	}
}

// claims: what Immich reads has to come from somewhere. Defaults in a configuration that is written out whole say nothing.
func (l *look) claims() {
	defaults := map[string]string{"roleClaim": "immich_role", "storageLabelClaim": "preferred_username", "storageQuotaClaim": "immich_quota"}
	for _, key := range slices.Sorted(maps.Keys(defaults)) {
		claim := l.oauthText(key, "")
		if claim == "" || claim == defaults[key] && l.writtenOut() {
			continue
		}
		path := oauthPath + key
		switch scopes, known := l.giving(claim); {
		case !known:
		case len(scopes) == 0 && l.Authentik == nil:
			l.say(Differs, "pair.claim-nowhere", key, path, "none of authentik's own mappings for "+strings.Join(l.asked(), ", ")+" gives "+claim+": it takes one of your own for these scopes", "make a mapping that gives "+claim+", and ask for its scope")
		case len(scopes) == 0:
			l.say(Differs, "pair.claim-nowhere", key, path, "no mapping of the provider gives "+claim+", so that "+key+" has no effect", "make a mapping that gives it, and ask for its scope")
		case !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(l.asked(), s) }):
			l.say(Differs, "pair.claim-scope", key, path, claim+" comes with the scope "+scopes[0]+", which Immich does not ask for", "add "+scopes[0]+" to the scope")
		}
	}
}

// email: Immich makes no account without one. A scope that is missing is told elsewhere.
func (l *look) email() {
	const claim, path = "email", "authentik.mappings"
	if l.Authentik == nil || !slices.Contains(l.asked(), claim) {
		return
	}
	if scopes, known := l.mapped(); !known || !slices.Contains(scopes, claim) || slices.ContainsFunc(l.Authentik.Mappings, computes) {
		return
	}
	scopes, known := l.giving(claim)
	if known && !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(l.asked(), s) }) {
		l.say(WillFail, "authentik.scope-mapping-empty", "", path, "no mapping of the scopes that Immich asks for gives the claim email, and Immich makes no account without one",
			`let the mapping for email return {"email": request.user.email, "email_verified": True}, or select authentik's own`)
	}
}

// computes reports whether a mapping's claims are not all written in its expression.
func computes(m guide.Mapping) bool {
	return strings.Contains(m.Expression, "**") || strings.Contains(m.Expression, ".update(") || strings.Contains(m.Expression, "dict(")
}

// giving are the scopes that come with a claim; known is false where a mapping of unknown content may give it.
func (l *look) giving(claim string) (scopes []string, known bool) {
	mappings := []guide.Mapping{}
	if l.Authentik == nil || l.Authentik.Mappings == nil {
		if l.Authentik != nil && !l.byForm() {
			return nil, false // said elsewhere
		}
		for _, m := range shippedMappings()[:3] {
			mappings = append(mappings, m.mapping())
		}
		if l.Authentik == nil && slices.ContainsFunc(l.asked(), func(s string) bool { _, ok := shippedBy("scope_name", s); return !ok }) {
			return nil, false // a scope of somebody's own
		}
	} else {
		mappings = l.Authentik.Mappings
	}
	known = !l.unread("authentik.mappings")
	for _, m := range mappings {
		if gives(m, claim) {
			scopes = append(scopes, m.Scope)
		}
	}
	return scopes, known || len(scopes) > 0
}

// writtenOut reports whether all claims are written down, as whatever writes the whole configuration does.
func (l *look) writtenOut() bool {
	return l.oauth("roleClaim") != nil && l.oauth("storageLabelClaim") != nil && l.oauth("storageQuotaClaim") != nil
}
