package authentik

import (
	"context"
	"net/url"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Names of the objects that authentik's own blueprints create.
const (
	AuthenticationFlow  = "default-authentication-flow"
	ExplicitConsentFlow = "default-provider-authorization-explicit-consent"
	ImplicitConsentFlow = "default-provider-authorization-implicit-consent"
	InvalidationFlow    = "default-provider-invalidation-flow" // of providers; since 2024.10
	SelfSignedKey       = "authentik Self-signed Certificate"

	managedScope = "goauthentik.io/providers/oauth2/scope-" // and the scope's name
)

// Paths of the API.
const (
	flowsPath        = "/flows/instances/"
	scopesPath       = "/propertymappings/provider/scope/"
	certificatesPath = "/crypto/certificatekeypairs/"
	brandsPath       = "/core/brands/"
	providersPath    = "/providers/oauth2/"
	applicationsPath = "/core/applications/"
	usersPath        = "/core/users/"
)

// Objects names what settings refer to and authentik's worker creates some time after the server answers.
type Objects struct {
	Flows         []string // slugs
	ScopeMappings []string // managed names
	Certificates  []string // names
}

// ObjectsOf lists the objects that settings and a release's form refer to. The default brand is always waited for.
func ObjectsOf(s *guide.Settings, r *version.Release) Objects {
	flows := []string{AuthenticationFlow, ExplicitConsentFlow, ImplicitConsentFlow}
	if r.Has(version.InvalidationFlow) {
		flows = append(flows, InvalidationFlow)
	}
	named, signing := []*guide.Value{s.AuthenticationFlow, s.AuthorizationFlow}, s.SigningKey
	if s.Configuration != nil {
		named, signing = nil, nil // what a fresh authentik lacks is replaced
	}
	for _, v := range named {
		if v != nil && v.Kind == guide.Literal && !slices.Contains(flows, v.Value) {
			flows = append(flows, v.Value)
		}
	}
	key := SelfSignedKey
	if signing != nil && signing.Kind == guide.Literal {
		key = signing.Value
	}
	scopes := formDefault(r, version.FormPropertyMappings, defaultFormScopes)
	return Objects{Flows: flows, ScopeMappings: managedScopes(scopes), Certificates: []string{key}}
}

// index finds an object's key by its name and back. Keys change from one installation to the next.
type index struct {
	keyOf  map[string]string
	nameOf map[string]string
}

func newIndex[T any](all []T, key, name func(T) string) index {
	x := index{keyOf: map[string]string{}, nameOf: map[string]string{}}
	for _, object := range all {
		if name(object) == "" {
			continue
		}
		x.keyOf[name(object)] = key(object)
		x.nameOf[key(object)] = name(object)
	}
	return x
}

func (x index) names() []string { return sortedKeys(x.keyOf) }

type flow struct {
	PK   string `json:"pk"`
	Slug string `json:"slug"`
}

func (c *Client) flows(ctx context.Context) (index, error) {
	all, err := list[flow](ctx, c, flowsPath, nil)
	return newIndex(all, func(f flow) string { return f.PK }, func(f flow) string { return f.Slug }), err
}

type scopeMapping struct {
	PK      string `json:"pk"`
	Managed string `json:"managed"` // null for mappings that an administrator made
	Scope   string `json:"scope_name"`
}

func (c *Client) scopeMappings(ctx context.Context) (index, error) {
	all, err := list[scopeMapping](ctx, c, scopesPath, nil)
	return newIndex(all, func(m scopeMapping) string { return m.PK }, func(m scopeMapping) string { return m.Managed }), err
}

type certificate struct {
	PK   string `json:"pk"`
	Name string `json:"name"`
}

// certificates are the key pairs that the provider form offers for signing.
func (c *Client) certificates(ctx context.Context) (index, error) {
	all, err := list[certificate](ctx, c, certificatesPath, url.Values{"has_key": {"true"}, "include_details": {"false"}})
	return newIndex(all, func(k certificate) string { return k.PK }, func(k certificate) string { return k.Name }), err
}
