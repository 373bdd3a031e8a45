// Package guide turns a page of authentik's Immich integration guide into the settings that it documents.
//
// Nothing after this package reads Markdown. What a page leaves unsaid stays unsaid: a nil *Value.
package guide

// Kind says how a documented value is meant.
type Kind string

// The kinds of a documented value.
const (
	Literal   Kind = "literal"   // to be typed as it stands
	Template  Kind = "template"  // holds a placeholder such as <application_slug>
	Reference Kind = "reference" // names a value that the product shows ("OpenID Configuration Issuer")
	Choice    Kind = "choice"    // leaves the choice to the reader ("any available signing key")
)

// Value is one documented setting and the line of the page that documents it (1-based).
type Value struct {
	Value string `json:"value" yaml:"value"`
	Line  int    `json:"line" yaml:"line"`
	Kind  Kind   `json:"kind" yaml:"kind"`
}

// Matching is how authentik compares a registered redirect URI with a requested one.
type Matching string

// The matching modes that a page can ask for.
const (
	Strict   Matching = "strict"   // string equality
	Regex    Matching = "regex"    // full match of a regular expression
	Unstated Matching = "unstated" // the page names no mode
)

// Purpose is what authentik may use a registered URI for (authentik 2026.5 stores it per entry).
type Purpose string

// The purposes of a registered URI.
const (
	Authorization Purpose = "authorization"
	Logout        Purpose = "logout"
)

// RedirectURI is one URI that a page registers.
type RedirectURI struct {
	URL      string   `json:"url" yaml:"url"`
	Matching Matching `json:"matching" yaml:"matching"`
	// FromLabel is set where the mode stands in the field's label, "(RegEx)", and not beside the entry.
	FromLabel bool    `json:"from_label,omitempty" yaml:"from_label,omitempty"`
	Purpose   Purpose `json:"purpose" yaml:"purpose"`
	Line      int     `json:"line" yaml:"line"`
}

// Settings is what one revision of the guide documents, or what a pair file says in its place.
type Settings struct {
	Revision string `json:"revision,omitempty" yaml:"revision,omitempty"` // date of a built-in revision, e.g. 2025-06-23
	Commit   string `json:"commit,omitempty" yaml:"commit,omitempty"`     // commit of goauthentik/authentik
	Source   string `json:"source" yaml:"source"`                         // path of the page, for "file:line"

	RedirectURIs []RedirectURI `json:"redirect_uris" yaml:"redirect_uris"`

	ProviderName       *Value `json:"provider_name,omitempty" yaml:"provider_name,omitempty"`
	ApplicationSlug    *Value `json:"application_slug,omitempty" yaml:"application_slug,omitempty"`
	ClientType         *Value `json:"client_type,omitempty" yaml:"client_type,omitempty"`
	AuthenticationFlow *Value `json:"authentication_flow,omitempty" yaml:"authentication_flow,omitempty"`
	AuthorizationFlow  *Value `json:"authorization_flow,omitempty" yaml:"authorization_flow,omitempty"`
	SigningKey         *Value `json:"signing_key,omitempty" yaml:"signing_key,omitempty"`
	LaunchURL          *Value `json:"launch_url,omitempty" yaml:"launch_url,omitempty"`
	LogoutURI          *Value `json:"logout_uri,omitempty" yaml:"logout_uri,omitempty"`
	LogoutMethod       *Value `json:"logout_method,omitempty" yaml:"logout_method,omitempty"`

	ImmichIssuer           *Value `json:"immich_issuer,omitempty" yaml:"immich_issuer,omitempty"`
	ImmichScope            *Value `json:"immich_scope,omitempty" yaml:"immich_scope,omitempty"`
	ImmichSigningAlgorithm *Value `json:"immich_signing_algorithm,omitempty" yaml:"immich_signing_algorithm,omitempty"`

	// Placeholders are the example names of the page, by name: "immich.company", "authentik.company".
	// The value is what the run puts in their place; a page that was just parsed maps each to itself.
	Placeholders map[string]string `json:"placeholders,omitempty" yaml:"placeholders,omitempty"`

	// Configuration is set where the settings are those of a pair file.
	Configuration *Configuration `json:"configuration,omitempty" yaml:"-"`
}

// Names of the placeholders that every known page uses.
const (
	ImmichHost    = "immich.company"
	AuthentikHost = "authentik.company"
	SlugTemplate  = "<application_slug>"
)
