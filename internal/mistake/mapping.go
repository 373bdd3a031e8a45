package mistake

import (
	"context"
	"net/http"
	"slices"

	"github.com/ssoproof/ssoproof/suites"
)

// withoutScope takes the mapping of a scope from the provider.
func withoutScope(ctx context.Context, e *suites.Env, scope string) error {
	var all struct {
		Results []struct {
			PK    string `json:"pk"`
			Scope string `json:"scope_name"`
		} `json:"results"`
	}
	if err := e.World.Authentik.Call(ctx, http.MethodGet, "/propertymappings/provider/scope/", nil, &all); err != nil {
		return err
	}
	return reselect(ctx, e, func(selected []any) []any {
		for _, m := range all.Results {
			if m.Scope == scope {
				selected = slices.DeleteFunc(selected, func(pk any) bool { return pk == m.PK })
			}
		}
		return selected
	})
}

// reselect changes which mappings the provider has.
func reselect(ctx context.Context, e *suites.Env, change func(selected []any) []any) error {
	fields, err := e.World.Authentik.Provider(ctx, e.Shared.OP.ProviderPK)
	if err != nil {
		return err
	}
	selected, _ := fields["property_mappings"].([]any)
	return e.World.Authentik.PatchProvider(ctx, e.Shared.OP.ProviderPK, map[string]any{"property_mappings": change(selected)})
}

// mapBy puts a mapping with an expression in the place of that of the scope email.
func mapBy(expression string) func(context.Context, *suites.Env) error {
	return func(ctx context.Context, e *suites.Env) error { return mapEmail(ctx, e, expression) }
}

func mapEmail(ctx context.Context, e *suites.Env, expression string) error {
	if err := withoutScope(ctx, e, "email"); err != nil {
		return err
	}
	var made struct {
		PK string `json:"pk"`
	}
	err := e.World.Authentik.Call(ctx, http.MethodPost, "/propertymappings/provider/scope/", map[string]any{
		"name": unique("made by mistake"), "scope_name": "email", "expression": expression,
	}, &made)
	if err != nil {
		return err
	}
	return reselect(ctx, e, func(selected []any) []any { return append(selected, made.PK) })
}
