// Package version knows the releases of authentik and Immich as data: images, services, environment, features and
// form defaults. Nothing outside this package compares version numbers; code asks a Release for a Feature.
package version

// Product is one of the two products under test.
type Product string

// The products.
const (
	Authentik Product = "authentik"
	Immich    Product = "immich"
)

// Feature is a named behaviour of a product that the harness has to know about.
type Feature string

// Features of authentik.
const (
	RedirectURIText     Feature = "redirect-uri-text"    // redirect_uris is one whitespace-separated text of regular expressions
	RedirectURIList     Feature = "redirect-uri-list"    // redirect_uris is a list of {matching_mode, url}
	RedirectURIType     Feature = "redirect-uri-type"    // each entry of the list has a redirect_uri_type
	InvalidationFlow    Feature = "invalidation-flow"    // a provider needs an invalidation_flow
	GrantTypes          Feature = "grant-types"          // a provider needs a list of grant_types
	SilentAuthorization Feature = "silent-authorization" // with implicit consent, authorize answers 302 straight to the client
	DirectLogin         Feature = "direct-login"         // authorize sends to /if/flow/<slug>/ at once
	EmailUnverified     Feature = "email-unverified"     // email_verified is false
	BackchannelField    Feature = "backchannel-field"    // provider field backchannel_logout_uri (2025.8)
	LogoutFields        Feature = "logout-fields"        // provider fields logout_uri and logout_method
	TokenScope          Feature = "token-scope"          // the token response says its scope
	NeedsRedis          Feature = "needs-redis"          // server and worker need Redis
)

// Features of Immich.
const (
	PKCE              Feature = "pkce"                // state is checked and PKCE used (openid-client 6); state and verifier travel in cookies or in the body
	StrictIssuer      Feature = "strict-issuer"       // the discovered issuer must equal the configured one, unless that is a well-known URL
	UserOnboarding    Feature = "user-onboarding"     // a new user lands on /auth/onboarding, else on /photos
	LinkOK            Feature = "link-200"            // POST /oauth/link answers 200, before 201
	SecureIssuerOnly  Feature = "secure-issuer-only"  // http: issuers refused unless allowInsecureRequests
	BareErrors        Feature = "bare-errors"         // error bodies hold only message (and errors); details are hidden
	LogoutPage        Feature = "logout-page"         // "Sign Out" is a link to /auth/logout
	IDTokenHint       Feature = "id-token-hint"       // logout sends id_token_hint to the end-session endpoint
	IDTokenClaims     Feature = "id-token-claims"     // claims come from the ID token when it has an e-mail; userinfo is not called
	TokenEndpointAuth Feature = "token-endpoint-auth" // oauth.tokenEndpointAuthMethod exists
	BackchannelLogout Feature = "backchannel-logout"  // POST /oauth/backchannel-logout exists
	AppCookies        Feature = "app-cookies"         // the app of this version authenticates by cookies, before by header
)

// Service is a container that a product needs beside itself.
type Service struct {
	Name        string            `json:"name" yaml:"name"` // "postgres", "valkey"
	Image       string            `json:"image" yaml:"image"`
	Environment map[string]string `json:"environment,omitempty" yaml:"environment,omitempty"`
	Command     []string          `json:"command,omitempty" yaml:"command,omitempty"`
}

// Release is everything known of one release.
type Release struct {
	Product     Product
	Version     string // as the user wrote it, e.g. "2025.8.1" or "v2.7.5"
	Line        string // the release line that it belongs to, e.g. "2025.8"
	Image       string // full reference, e.g. "ghcr.io/goauthentik/server:2025.8.1"
	Services    []Service
	Environment map[string]string // what this line needs in its environment, without addresses and secrets
	Guide       string            // authentik: the guide revision shipped with this release
	Port        int               // the container port
	Media       string            // Immich: path of the media volume
	// FormDefaults are the values that the product's own form fills in where a guide is silent.
	FormDefaults map[string]string
	// Apps are the generations of the mobile app that this Immich release shipped with, e.g. "2.6".
	Apps []App
	// Proven lists the guide revisions with which a real run proved this release; empty means never.
	Proven bool
	// Known is false where the version is newer or more exact than the facts; features are those of the nearest line.
	Known bool

	features map[Feature]bool
}

// App is a generation of Immich's mobile app, as facts: what it sends and how it keeps its session.
type App struct {
	Name        string `yaml:"name"`         // first app version of the generation, "2.6"
	RedirectURI string `yaml:"redirect_uri"` // "app.immich:///oauth-callback"
	PKCE        bool   `yaml:"pkce"`         // sends its own state and code challenge
	Session     string `yaml:"session"`      // "cookies" or "header" (x-immich-user-token)
	UserAgent   string `yaml:"user_agent"`
}

// Has reports whether the release has the feature.
func (r *Release) Has(f Feature) bool { return r.features[f] }
