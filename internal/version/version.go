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

// Service is a container that a product needs beside itself.
type Service struct {
	Name        string            `json:"name" yaml:"name"`   // "postgres", "valkey"
	Image       string            `json:"image" yaml:"image"` // full reference as upstream pins it, without a digest
	Environment map[string]string `json:"environment,omitempty" yaml:"environment,omitempty"`
	Command     []string          `json:"command,omitempty" yaml:"command,omitempty"` // empty: the image's own
}

// Release is everything known of one release.
type Release struct {
	Product Product
	Version string // exact, as the product spells its image tag: "2025.8.1", "v2.7.5"
	Line    string // the release line that it belongs to, e.g. "2025.8" or "v2.7"
	// LineReleased is the day on which the first release of the line came out, 2025-08-20; empty where that is not known.
	LineReleased string
	Image        string    // full reference, e.g. "ghcr.io/goauthentik/server:2025.8.1"
	Services     []Service // sorted by name
	Environment  map[string]string
	// Guide is the revision of the guide that this release of authentik shipped; empty where that is not known.
	Guide string
	Port  int    // the container port of plain HTTP
	Media string // path of the media volume
	// FormDefaults are the values that the product's own form fills in where a guide is silent, by the Form… keys.
	FormDefaults map[string]string
	// Apps are the generations of the mobile app that this Immich release shipped with.
	Apps []App
	// OlderApps and NewerApps are the generations of other releases, the oldest first, each as its newest app: phones
	// update on their own, and servers do not update with them.
	OlderApps, NewerApps []App
	// Proven is true where a real run proved this release; only then may its features make a violation.
	Proven bool
	// Known is false where the facts do not list this very version; its features are then those of the nearest release.
	Known bool
	// Assumed is the line whose facts hold: its own, or the newest one that is known.
	Assumed string
	// Unsupported says why a run refuses this release; empty: it does not. Resolve never returns such a release.
	Unsupported string

	number   number
	features map[Feature]bool
}

// Has reports whether the release has the feature.
func (r *Release) Has(f Feature) bool { return r.features[f] }

// Keys of Release.FormDefaults; named as the fields of authentik's API. A form that has no such field has no such key.
const (
	FormClientType            = "client_type"             // "confidential"
	FormMatchingMode          = "matching_mode"           // mode of a new redirect URI entry: "strict"
	FormInvalidationFlow      = "invalidation_flow"       // slug of the preselected flow
	FormSigningKey            = "signing_key"             // "only": the one key pair, where exactly one is selectable
	FormPropertyMappings      = "property_mappings"       // names of the selected scopes, separated by blanks
	FormGrantTypes            = "grant_types"             // separated by blanks
	FormAccessCodeValidity    = "access_code_validity"    // authentik's notation: "minutes=1"
	FormAccessTokenValidity   = "access_token_validity"   // likewise
	FormRefreshTokenValidity  = "refresh_token_validity"  // likewise
	FormRefreshTokenThreshold = "refresh_token_threshold" // likewise
)

func formKeys() []string {
	return []string{FormClientType, FormMatchingMode, FormInvalidationFlow, FormSigningKey, FormPropertyMappings,
		FormGrantTypes, FormAccessCodeValidity, FormAccessTokenValidity, FormRefreshTokenValidity, FormRefreshTokenThreshold}
}

// How an App keeps its session.
const (
	SessionCookies = "cookies" // replays the cookies that the server set
	SessionHeader  = "header"  // sends the token as x-immich-user-token, keeps no cookies
	SessionBearer  = "bearer"  // sends the token as Authorization: Bearer, keeps no cookies
)

// App is a generation of Immich's mobile app, as facts: what it sends and how it keeps its session.
type App struct {
	Name        string `yaml:"name"`         // first app version of the generation, "2.6"
	RedirectURI string `yaml:"redirect_uri"` // "app.immich:///oauth-callback"
	PKCE        bool   `yaml:"pkce"`         // sends its own state and code challenge
	Session     string `yaml:"session"`      // SessionCookies, SessionHeader or SessionBearer
	UserAgent   string `yaml:"user_agent"`   // of the app with the release's own version
	Ping        string `yaml:"ping"`         // what it asks first, below /api; empty: /server/ping, NoPing: nothing
	Server      string `yaml:"server"`       // where version, features and config are, below /api; empty: /server
	Me          string `yaml:"me"`           // where it asks who it is, below /api; empty: /users/me
}

// NoPing is the Ping of an app that takes any answer of the server for a sign of life.
const NoPing = "none"
