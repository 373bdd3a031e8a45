package mistake

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// The lines of page.md.
const (
	lineApp    = 14
	lineLogin  = 15
	lineLink   = 16
	lineIssuer = 26
	lineScope  = 29
)

const (
	issuer    = "`https://authentik.company/application/o/immich/`"
	loginLine = "        - `Strict` `https://immich.company/auth/login`\n"
	linkLine  = "        - `Strict` `https://immich.company/user-settings`\n"
	appLine   = "        - `Strict` `app.immich:///oauth-callback`\n"
)

// All lists every mistake.
func All() []Mistake {
	return slices.Concat(ofPage(), ofLogout(), ofProvider(), ofImmich(), ofWire(), ofStart(), ofLive())
}

// Unmade are causes that no mistake makes, and why. There is none now.
var Unmade = map[string]string{}

func ofPage() []Mistake {
	page := func(name, old, replaced, cause string, line int, only ...string) Mistake {
		return Mistake{Name: name, How: "page", Old: old, New: replaced, Only: only, Want: Want{Cause: cause, Side: report.SideGuide, Line: line}}
	}
	return []Mistake{
		page("issuer-without-slash", issuer, "`https://authentik.company/application/o/immich`", "immich.issuer-slash", lineIssuer),
		page("issuer-of-another-slug", issuer, "`https://authentik.company/application/o/photos/`", "immich.issuer-slug", lineIssuer),
		page("issuer-by-http", issuer, "`http://authentik.company/application/o/immich/`", "immich.issuer-scheme", lineIssuer),
		page("issuer-in-capitals", issuer, "`https://authentik.company/application/o/Immich/`", "immich.issuer-slug", lineIssuer),
		page("issuer-with-an-escape", issuer, "`https://authentik.company/application/o/%69mmich/`", "immich.issuer-other", lineIssuer),
		page("scope-without-email", "openid email profile", "openid profile", "immich.scope-missing", lineScope),
		older(page("scope-in-page-without-openid", "openid email profile", "email profile", "immich.scope-missing", lineScope)),
		page("login-uri-with-slash", loginLine, "        - `Strict` `https://immich.company/auth/login/`\n", "authentik.redirect-uri-missing", lineLogin),
		page("login-uri-by-http", loginLine, "        - `Strict` `http://immich.company/auth/login`\n", "authentik.redirect-uri-missing", lineLogin),
		page("login-uri-missing", loginLine, "", "authentik.redirect-uri-missing", lineLogin),
		page("link-uri-missing", linkLine, "", "authentik.redirect-uri-missing", lineLogin),
		page("app-uri-missing", appLine, "", "authentik.redirect-uri-missing", lineApp),
		page("app-uri-of-old", appLine, "        - `Strict` `app.immich:/`\n", "authentik.redirect-uri-missing", lineApp),
		page("app-uri-with-one-slash", appLine, "        - `Strict` `app.immich:/oauth-callback`\n", "authentik.redirect-uri-missing", lineApp),
		page("pattern-in-strict", loginLine, "        - `Strict` `https://immich\\.company/auth/.*`\n", "authentik.redirect-uri-pattern-in-strict", lineLogin),
		since2026(page("login-uri-for-logouts", loginLine, "        - `Strict` `Post Logout` `https://immich.company/auth/login`\n", "authentik.redirect-uri-logout-only", lineLogin)),
		page("dots-in-regex", loginLine, "        - `Regex` `https://immich.company/auth/login`\n", "authentik.redirect-uri-too-wide", lineLogin, "redirect.refused[uri=login]"),
	}
}

// older makes it on a release of Immich that asks userinfo.
func older(m Mistake) Mistake {
	m.Immich = "v2.5.6"
	return m
}

// since2026 makes it on a release of authentik that has grant types, and redirect URIs for logouts.
func since2026(m Mistake) Mistake {
	m.Authentik = "2026.5.0"
	return m
}

func provider(fields func(context.Context, *suites.Env) (map[string]any, error)) func(context.Context, *suites.Env) error {
	return func(ctx context.Context, e *suites.Env) error {
		values, err := fields(ctx, e)
		if err != nil {
			return err
		}
		return e.World.Authentik.PatchProvider(ctx, e.Shared.OP.ProviderPK, values)
	}
}

func values(fields map[string]any) func(context.Context, *suites.Env) (map[string]any, error) {
	return func(context.Context, *suites.Env) (map[string]any, error) { return fields, nil }
}

func ofProvider() []Mistake {
	made := func(name, cause string, do func(context.Context, *suites.Env) error) Mistake {
		return Mistake{Name: name, How: "provider", Make: do, Want: Want{Cause: cause, Side: report.SideAuthentik}}
	}
	without := func(scope string) func(context.Context, *suites.Env) error {
		return func(ctx context.Context, e *suites.Env) error {
			return withoutScope(ctx, e, scope)
		}
	}
	keyed := func(field, algorithm string) func(context.Context, *suites.Env) error {
		return provider(func(ctx context.Context, e *suites.Env) (map[string]any, error) {
			key, err := makeKey(ctx, e, algorithm)
			return map[string]any{field: key}, err
		})
	}
	return []Mistake{
		made("no-signing-key", "authentik.signing-key-missing", provider(values(map[string]any{"signing_key": nil}))),
		made("encryption-key", "authentik.encryption-key", keyed("encryption_key", "rsa")),
		made("key-on-a-curve", "authentik.signing-algorithm", keyed("signing_key", "ecdsa")),
		made("global-issuer", "authentik.issuer-global", provider(values(map[string]any{"issuer_mode": "global"}))),
		made("no-email-mapping", "authentik.scope-mapping-missing", without("email")),
		made("bound-to-another", "authentik.policy-denies", bindToAnother),
		since2026(made("no-grants", "authentik.grant-types-empty", provider(values(map[string]any{"grant_types": []string{}})))),
		made("code-of-a-moment", "authentik.code-short-lived", provider(values(map[string]any{"access_code_validity": "milliseconds=1"}))),
		made("policy-raises", "authentik.policy-fails", bindToBroken),
		made("email-mapping-raises", "authentik.scope-mapping-fails", mapBy(`raise ValueError("no directory")`)),
		made("email-mapping-gives-none", "authentik.scope-mapping-empty", mapBy(`return {"mail": request.user.email}`)),
		made("person-without-email", "authentik.user-without-email", blankEmails),
		made("person-deactivated", "authentik.user-inactive", deactivateAll),
		changing(seenBy(made("subject-mode-changed", "authentik.subject-mode", changeSubjectMode), "login.mobile.native[*slashes=3]")),
	}
}

func changing(m Mistake) Mistake {
	m.Changing = true
	return m
}

func seenBy(m Mistake, checks ...string) Mistake {
	m.Only = checks
	return m
}

// makeKey makes a certificate of a kind of key at authentik.
func makeKey(ctx context.Context, e *suites.Env, algorithm string) (pk string, err error) {
	var made struct {
		PK string `json:"pk"`
	}
	err = e.World.Authentik.Call(ctx, http.MethodPost, "/crypto/certificatekeypairs/generate/", map[string]any{
		"common_name": unique("made by mistake"), "subject_alt_name": "", "validity_days": 30, "alg": algorithm,
	}, &made)
	return made.PK, err
}

// unique is a name that nothing has yet.
func unique(name string) string { return fmt.Sprintf("%s-%d", name, time.Now().UnixNano()) }

// bindToAnother lets only one person use the application, who is none of the checks'.
func bindToAnother(ctx context.Context, e *suites.Env) error {
	other, err := e.World.Authentik.CreateUser(ctx, authentik.User{Username: unique("another"), Name: "Another", Email: unique("another") + "@example.org", Password: unique("password")})
	if err != nil {
		return err
	}
	return e.World.Authentik.BindUser(ctx, e.Shared.OP.Slug, other.PK)
}

// oauth changes Immich's OAuth settings.
func oauth(keys map[string]any) func(context.Context, *suites.Env) error {
	return func(ctx context.Context, e *suites.Env) error {
		config, err := e.ImmichAdmin.SystemConfig(ctx)
		if err != nil {
			return err
		}
		for key, value := range keys {
			config.OAuth()[key] = value
		}
		_, err = e.ImmichAdmin.PutSystemConfig(ctx, config)
		return err
	}
}

func ofImmich() []Mistake {
	set := func(name, cause string, side report.Side, keys map[string]any, only ...string) Mistake {
		return Mistake{Name: name, How: "immich", Only: only, Want: Want{Cause: cause, Side: side}, Make: oauth(keys)}
	}
	immich := report.SideImmich
	return []Mistake{
		set("wrong-secret", "immich.client-secret", immich, map[string]any{"clientSecret": "not-the-secret"}),
		set("wrong-client-id", "immich.client-id-unknown", immich, map[string]any{"clientId": "not-the-client"}),
		set("oauth-off", "immich.oauth-off", immich, map[string]any{"enabled": false}),
		set("no-auto-register", "immich.auto-register-off", immich, map[string]any{"autoRegister": false}),
		set("quota-of-zero", "immich.quota-zero", immich, map[string]any{"defaultStorageQuota": 0}),
		set("override-unregistered", "authentik.override-unregistered", report.SideAuthentik,
			map[string]any{"mobileOverrideEnabled": true, "mobileRedirectUri": "https://immich.company/api/oauth/mobile-redirect"}, "login.mobile.native[*slashes=3]"),
		older(set("scope-without-openid", "immich.scope-missing", immich, map[string]any{"scope": "email profile"})),
		older(set("userinfo-expected-signed", "immich.profile-algorithm", immich, map[string]any{"profileSigningAlgorithm": "RS256"})),
		{Name: "app-of-old", How: "app", Make: driveOldApp, Only: []string{"login.mobile.override"}, Want: Want{Cause: "immich.app-too-old", Side: immich}},
		{Name: "app-of-today", How: "app", Make: driveNewApp, Only: []string{"login.mobile.override"}, Want: Want{Cause: "immich.app-too-new", Side: immich}, Immich: "v1.106.4"},
		{Name: "person-made-anew", How: "provider", Make: makeAnew, Only: []string{"login.mobile.native[*slashes=3]"}, Want: Want{Cause: "immich.linked-elsewhere", Side: immich}},
		set("issuer-of-another-host", "immich.issuer-host", immich, map[string]any{"issuerUrl": "https://auth.company/application/o/immich/"}),
	}
}

// invalidPassword is what authentik's executor answers to a password that does not fit, and to one of a person who is not
// active.
const invalidPassword = `{"component": "ak-stage-password", "response_errors": {"password": [{"string": "Invalid password", "code": "invalid"}]}}`

func ofWire() []Mistake {
	bent := func(name, fault, host, path, cause string, only ...string) Mistake {
		return Mistake{Name: name, How: "wire", Wire: edge.Fault{Name: fault, Host: host, Path: path}, Only: only, Want: Want{Cause: cause, Side: report.SideProxy}}
	}
	swapped := bent("another-issuer-discovered", "swap-issuer", "authentik", "", "authentik.issuer-differs")
	swapped.Want.Side = report.SideAuthentik
	refused := Mistake{Name: "login-refused", How: "wire", Wire: edge.Fault{
		Name: edge.Answer, Host: "authentik", Path: "/api/v3/flows/executor/default-authentication-flow/", Body: invalidPassword,
	}, Want: Want{Cause: "authentik.login-refused", Side: report.SideAuthentik}}
	broken := Mistake{Name: "flow-breaks", How: "wire", Wire: edge.Fault{
		Name: edge.Answer, Host: "authentik", Path: "/api/v3/flows/executor/default-provider-authorization-explicit-consent/", Body: `{"component": "ak-stage-flow-error"}`,
	}, Want: Want{Cause: "authentik.flow-error", Side: report.SideAuthentik}}
	failing := func(name, host, path, cause string, side report.Side) Mistake {
		return Mistake{Name: name, How: "wire", Wire: edge.Fault{Name: "server-error", Host: host, Path: path}, Want: Want{Cause: cause, Side: side}}
	}
	return []Mistake{
		swapped, refused,
		bent("cookies-dropped", "strip-cookies", "immich", "/api/oauth/callback", "proxy.cookies", "login.mobile.native[*slashes=3]"),
		bent("state-cookies-dropped", "strip-cookies", "immich", "/api/oauth/authorize", "proxy.cookies"),
		bent("discovery-behind-forward-auth", "forward-auth", "authentik", "/application/o/", "proxy.discovery-blocked"),
		bent("forwarded-proto-dropped", "drop-forwarded-proto", "authentik", "", "proxy.forwarded-proto"),
		bent("host-dropped", "drop-host", "authentik", "/application/o/", "proxy.host"),
		bent("authentik-away", "gateway-error", "authentik", "/application/o/", "proxy.gateway"),
		bent("token-endpoint-away", "gateway-error", "authentik", "/application/o/token/", "proxy.gateway"),
		failing("token-endpoint-fails", "authentik", "/application/o/token/", "authentik.server-error", report.SideAuthentik),
		failing("immich-fails", "immich", "/api/users/me", "immich.server-error", report.SideImmich),
		broken,
		bent("forward-auth", "forward-auth", "immich", "/api/", "proxy.forward-auth"),
	}
}
