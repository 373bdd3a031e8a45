package authentik

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

const mappingsField = "property_mappings"

// Claims is a scope mapping that stands, for a while, in the place of a provider's own mappings of that scope, and gives
// everybody the same claims.
type Claims struct {
	client   *Client
	provider int
	pk       string
	before   []string // the provider's mappings, as they were
}

// ReplaceClaims makes such a mapping, under a name that no other has, and gives it to the provider. Where it fails halfway
// there is something to restore, and the Claims are not nil.
func (c *Client) ReplaceClaims(ctx context.Context, provider int, scope, name string, claims map[string]any) (*Claims, error) {
	m, err := c.replaceClaims(ctx, provider, scope, name, claims)
	if err != nil {
		err = fmt.Errorf("replace the claims of the scope %s: %w", scope, err)
	}
	return m, err
}

func (c *Client) replaceClaims(ctx context.Context, provider int, scope, name string, claims map[string]any) (*Claims, error) {
	before, err := c.mappingsOf(ctx, provider)
	if err != nil {
		return nil, err
	}
	all, err := list[scopeMapping](ctx, c, scopesPath, nil)
	if err != nil {
		return nil, err
	}
	text, err := expression(claims)
	if err != nil {
		return nil, err
	}
	var made scopeMapping
	body := map[string]any{"name": name, "scope_name": scope, "description": name, "expression": text}
	if err := c.call(ctx, http.MethodPost, scopesPath, body, &made); err != nil {
		return nil, err
	}
	m := &Claims{client: c, provider: provider, pk: made.PK, before: before}
	selected := slices.DeleteFunc(slices.Clone(before), func(pk string) bool {
		return slices.ContainsFunc(all, func(other scopeMapping) bool { return other.PK == pk && other.Scope == scope })
	})
	return m, m.choose(ctx, append(selected, m.pk))
}

// Set gives the mapping other claims.
func (m *Claims) Set(ctx context.Context, claims map[string]any) error {
	text, err := expression(claims)
	if err == nil {
		err = m.client.call(ctx, http.MethodPatch, scopesPath+m.pk+"/", map[string]any{"expression": text}, nil)
	}
	if err != nil {
		return fmt.Errorf("set claims: %w", err)
	}
	return nil
}

// Restore gives the provider its own mappings back, reads that back and deletes the one that was made.
func (m *Claims) Restore(ctx context.Context) error {
	err := m.choose(ctx, m.before)
	if err = errors.Join(err, m.client.remove(ctx, scopesPath+m.pk+"/")); err != nil {
		return fmt.Errorf("give the provider its scope mappings back: %w", err)
	}
	return nil
}

func (m *Claims) choose(ctx context.Context, pks []string) error {
	if err := m.client.PatchProvider(ctx, m.provider, map[string]any{mappingsField: pks}); err != nil {
		return err
	}
	after, err := m.client.mappingsOf(ctx, m.provider)
	if err != nil {
		return err
	}
	if !slices.Equal(slices.Sorted(slices.Values(pks)), slices.Sorted(slices.Values(after))) {
		return errors.New("authentik did not take the provider's scope mappings")
	}
	return nil
}

// mappingsOf are the keys of a provider's scope mappings, which authentik keeps in no order.
func (c *Client) mappingsOf(ctx context.Context, provider int) ([]string, error) {
	fields, err := c.Provider(ctx, provider)
	if err != nil {
		return nil, err
	}
	selected, _ := fields[mappingsField].([]any)
	var pks []string
	for _, pk := range selected {
		pks = append(pks, fmt.Sprint(pk))
	}
	return pks, nil
}

// expression is Python that returns claims: texts, numbers and lists are written there as in JSON.
func expression(claims map[string]any) (string, error) {
	text, err := json.Marshal(claims)
	return "return " + string(text), err
}
