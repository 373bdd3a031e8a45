package authentik

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Description is a provider as it stands, in words that a person would use. It holds no secret.
type Description struct {
	Name, ClientID string
	RedirectURIs   []guide.RedirectURI // line and label unset
	SigningKey     string              // its name; empty: none
	Encrypted      bool
	GrantTypes     []string // nil: the release has no such field
	Global         bool     // issuer mode
	SubjectMode    string
	Scopes         []string      // of its mappings
	OwnScopes      []string      // of those among them that are not authentik's own
	Slugs          []string      // of all applications
	CodeLives      time.Duration // of an authorization code; 0: it is not known
	LogoutURI      string        // that logout tokens are sent to; empty: none, or the release has no such field
	FrontChannel   bool          // the logout method
}

// Describe reads a provider, and the slugs of all applications, as far as it can: the error says what is missing.
func (c *Client) Describe(ctx context.Context, pk int) (*Description, error) {
	fields, err := c.Provider(ctx, pk)
	if err != nil {
		return &Description{}, fmt.Errorf("describe the provider: %w", err)
	}
	d := &Description{
		Name: text(fields["name"]), ClientID: text(fields["client_id"]), Encrypted: text(fields["encryption_key"]) != "",
		Global: text(fields["issuer_mode"]) == "global", SubjectMode: text(fields["sub_mode"]),
		LogoutURI: text(fields["logout_uri"]), FrontChannel: text(fields["logout_method"]) == "frontchannel",
	}
	if lives, err := Validity(text(fields["access_code_validity"])); err == nil {
		d.CodeLives = lives
	}
	d.RedirectURIs = RedirectURIs(fields["redirect_uris"])
	if types, ok := fields["grant_types"].([]any); ok {
		d.GrantTypes = texts(types)
	}
	keys, errKeys := c.certificates(ctx)
	if key := text(fields["signing_key"]); key != "" {
		d.SigningKey = keys.nameOf[key]
		if d.SigningKey == "" {
			d.SigningKey = key
		}
	}
	scopes, own, errScopes := c.scopeNames(ctx, fields["property_mappings"])
	slugs, errSlugs := c.slugs(ctx)
	d.Scopes, d.OwnScopes, d.Slugs = scopes, own, slugs
	return d, errors.Join(errKeys, errScopes, errSlugs)
}

// scopeNames are the scopes of mappings; own are those of mappings that somebody made.
func (c *Client) scopeNames(ctx context.Context, mappings any) (names, own []string, err error) {
	all, err := list[scopeMapping](ctx, c, scopesPath, nil)
	if err != nil {
		return nil, nil, err
	}
	chosen, _ := mappings.([]any)
	for _, pk := range texts(chosen) {
		for _, m := range all {
			if m.PK != pk {
				continue
			}
			names = append(names, m.Scope)
			if m.Managed == "" {
				own = append(own, m.Scope)
			}
		}
	}
	return names, own, nil
}

func (c *Client) slugs(ctx context.Context) ([]string, error) {
	type application struct {
		Slug string `json:"slug"`
	}
	all, err := list[application](ctx, c, applicationsPath, url.Values{"superuser_full_list": {"true"}})
	var slugs []string
	for _, app := range all {
		slugs = append(slugs, app.Slug)
	}
	return slugs, err
}

func texts(values []any) []string {
	all := []string{}
	for _, v := range values {
		all = append(all, text(v))
	}
	return all
}
