package authentik_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplaceClaims(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	const path = "/api/v3/propertymappings/provider/scope/"
	var made, changed object
	a.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		made = read(r)
		a.answer(w, 201, object{"pk": "scope-made", "scope_name": "profile"})
	})
	a.HandleFunc("PATCH "+path+"scope-made/", func(w http.ResponseWriter, r *http.Request) {
		changed = read(r)
		a.answer(w, 200, changed)
	})
	a.provider = object{"pk": 7, "property_mappings": []any{"scope-custom", "scope-kept"}}
	kept := a.provider

	given, err := a.client().ReplaceClaims(t.Context(), 7, "profile", "mine", map[string]any{"quota": 5, "roles": []string{"a"}})
	require.NoError(t, err)
	assert.Subset(t, made, object{"name": "mine", "scope_name": "profile", "expression": `return {"quota":5,"roles":["a"]}`})
	assert.Equal(t, []any{"scope-custom", "scope-kept", "scope-made"}, kept["property_mappings"], "mappings of other scopes stay")

	require.NoError(t, given.Set(t.Context(), map[string]any{"name": "n"}))
	assert.Equal(t, object{"expression": `return {"name":"n"}`}, changed)

	require.NoError(t, given.Restore(t.Context()))
	assert.Equal(t, []any{"scope-custom", "scope-kept"}, kept["property_mappings"])
	assert.Equal(t, []string{path + "scope-made/"}, a.removed)

	a.HandleFunc("PATCH /api/v3/providers/oauth2/7/", func(w http.ResponseWriter, _ *http.Request) {
		a.answer(w, 403, object{"detail": "You do not have permission."})
	})
	given, err = a.client().ReplaceClaims(t.Context(), 7, "profile", "mine", map[string]any{})
	require.ErrorContains(t, err, "replace the claims of the scope profile: authentik: PATCH /api/v3/providers/oauth2/7/: 403")
	require.ErrorContains(t, given.Restore(t.Context()), "give the provider its scope mappings back")
	assert.Len(t, a.removed, 2, "what was made halfway is deleted all the same")
}

func TestSwitchFieldNeedsToBeTaken(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.provider = object{"pk": 7, "sub_mode": "hashed_user_id"}
	restore, err := a.client().SwitchField(t.Context(), 7, "sub_mode", "user_username")
	require.NoError(t, err)
	assert.Equal(t, "user_username", a.provider["sub_mode"])
	require.NoError(t, restore(t.Context()))
	assert.Equal(t, "hashed_user_id", a.provider["sub_mode"])

	a.HandleFunc("PATCH /api/v3/providers/oauth2/7/", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, a.provider) })
	_, err = a.client().SwitchField(t.Context(), 7, "sub_mode", "user_username")
	require.ErrorContains(t, err, "authentik did not take sub_mode user_username")
}
