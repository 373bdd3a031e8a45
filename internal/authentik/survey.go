package authentik

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// The permissions that let a token read (authentik 2025.8, rbac/filters.py: a model's view permission, or 403).
const (
	ViewProviders    = "authentik_providers_oauth2.view_oauth2provider"
	ViewApplications = "authentik_core.view_application"
	ViewFlows        = "authentik_flows.view_flow"
	ViewMappings     = "authentik_providers_oauth2.view_scopemapping"
	ViewCertificates = "authentik_crypto.view_certificatekeypair"
	ViewBindings     = "authentik_policies.view_policybinding"
)

// Providers are all fields of the OAuth2 providers that the token may see, by name; those with a client ID where one is
// named. They hold client secrets.
func (c *Client) Providers(ctx context.Context, clientID string) ([]map[string]any, error) {
	filter := url.Values{}
	if clientID != "" {
		filter.Set("client_id", clientID)
	}
	all, err := list[map[string]any](ctx, c, providersPath, filter)
	if clientID == "" || err != nil {
		return all, err
	}
	var with []map[string]any
	for _, fields := range all {
		if text(fields["client_id"]) == clientID {
			with = append(with, fields)
		}
	}
	return with, nil
}

// FlowSlugs are the slugs of the flows that the token may see, by key.
func (c *Client) FlowSlugs(ctx context.Context) (map[string]string, error) {
	flows, err := c.flows(ctx)
	return flows.nameOf, err
}

// ScopeMappings are the scope mappings that the token may see, by key, with their expressions.
func (c *Client) ScopeMappings(ctx context.Context) (map[string]guide.Mapping, error) {
	type stored struct {
		scopeMapping
		Name       string `json:"name"`
		Expression string `json:"expression"`
	}
	all, err := list[stored](ctx, c, scopesPath, nil)
	mappings := map[string]guide.Mapping{}
	for _, m := range all {
		mappings[m.PK] = guide.Mapping{Scope: m.Scope, Name: m.Name, Managed: m.Managed, Expression: m.Expression}
	}
	return mappings, err
}

// The types of a private key that authentik can sign with.
const (
	KeyRSA = "rsa"
	KeyEC  = "ec"
)

// Certificate is the name of a certificate and the type of its private key: KeyRSA, KeyEC, or authentik's name of
// another one; empty where authentik does not tell. The key itself is not read.
func (c *Client) Certificate(ctx context.Context, pk string) (name, keyType string, err error) {
	var stored struct {
		Name string `json:"name"`
		// authentik 2025.8, crypto/api.py, has the first, and 2026.2 the second.
		PrivateKeyType string `json:"private_key_type"`
		KeyType        string `json:"key_type"`
	}
	if err := c.call(ctx, http.MethodGet, certificatesPath+pk+"/", nil, &stored); err != nil {
		return "", "", err
	}
	if stored.PrivateKeyType == "ellipticcurve" {
		stored.PrivateKeyType = KeyEC
	}
	if stored.KeyType == "" {
		stored.KeyType = stored.PrivateKeyType
	}
	return stored.Name, stored.KeyType, nil
}

// Binding is what decides, with others, who may use an application.
type Binding struct {
	Kind     string // group, user or policy
	Name     string // of the group, the user or the policy
	Policy   string // kind of the policy, in authentik's words: "Expression Policy"
	Negated  bool
	Disabled bool
}

// Bindings are what is bound to an application, by its key.
func (c *Client) Bindings(ctx context.Context, application string) ([]Binding, error) {
	type object struct {
		Name        string `json:"name"`
		Username    string `json:"username"`
		VerboseName string `json:"verbose_name"`
	}
	type stored struct {
		Target  string  `json:"target"`
		Group   *object `json:"group_obj"`
		User    *object `json:"user_obj"`
		Policy  *object `json:"policy_obj"`
		Negate  bool    `json:"negate"`
		Enabled bool    `json:"enabled"`
	}
	all, err := list[stored](ctx, c, bindingsPath, url.Values{"target": {application}})
	var bindings []Binding
	for _, s := range all {
		if s.Target != application {
			continue
		}
		b := Binding{Negated: s.Negate, Disabled: !s.Enabled}
		switch {
		case s.Group != nil:
			b.Kind, b.Name = "group", s.Group.Name
		case s.User != nil:
			b.Kind, b.Name = "user", s.User.Username
		case s.Policy != nil:
			b.Kind, b.Name, b.Policy = "policy", s.Policy.Name, s.Policy.VerboseName
		}
		bindings = append(bindings, b)
	}
	return bindings, err
}
