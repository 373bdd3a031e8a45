package fakeop_test

import (
	"crypto/rand"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mappingsPath = "propertymappings/provider/scope/"

// mapProfile puts a mapping of its own in the place of the scope profile's.
func (d *double) mapProfile(expression string) object {
	d.Helper()
	status, made := d.api("POST", mappingsPath, object{"name": rand.Text(), "scope_name": "profile", "expression": expression})
	require.Equal(d, http.StatusCreated, status, made)
	selected := []any{made["pk"]}
	for _, m := range d.list(mappingsPath + "?scope_name=openid&scope_name=email") {
		selected = append(selected, m["pk"])
	}
	status, kept := d.api("PATCH", "providers/oauth2/"+jsonText(d.pk)+"/", object{"property_mappings": selected})
	require.Equal(d, http.StatusOK, status, kept)
	return made
}

func TestMappings(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	m := d.mapProfile(`return {"immich_quota": 5, "roles": ["a", "b"]}`)
	claims := d.claims()
	assert.Subset(t, claims, object{"immich_quota": 5.0, "roles": []any{"a", "b"}, "email": "alice@example.com"})
	assert.NotContains(t, claims, "preferred_username", "the mapping stands in the place of authentik's own")

	path := mappingsPath + m["pk"].(string) + "/"
	status, _ := d.api("PATCH", path, object{"expression": `return {"name": "Other"}`})
	require.Equal(t, http.StatusOK, status)
	d.forget()
	assert.Subset(t, d.claims(), object{"name": "Other"})

	status, refused := d.api("PATCH", path, object{"expression": "return {"})
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, refused, "expression")
	status, refused = d.api("POST", mappingsPath, object{"name": m["name"], "scope_name": "profile", "expression": "return {}"})
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, refused, "name")

	status, _ = d.api("DELETE", path, nil)
	require.Equal(t, http.StatusNoContent, status)
	_, provider := d.api("GET", "providers/oauth2/"+jsonText(d.pk)+"/", nil)
	assert.Len(t, provider["property_mappings"], 2, "what is deleted is selected no more")
}

// TestExpressions has those that people write, and what becomes of them.
func TestExpressions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		expression string
		want       any // of the claim x
		noted      string
	}{
		"of a group": {`return {"x": "admin" if ak_is_group_member(request.user, name="photos-admins") else "user"}`, "user", ""},
		"groups":     {`return {"x": [group.name for group in request.user.groups.all()]}`, []any{}, ""},
		"attributes": {`return {"x": request.user.attributes.get("quota", 10)}`, 10.0, ""},
		"lines":      {"name = user.username\nif name == \"alice\":\n    name = name.upper()\nreturn {\"x\": name}\n", "ALICE", ""},
		"no dict":    {`return "x"`, nil, ""},
		"nothing":    {`x = 1`, nil, ""},
		"unknown":    {`return {"x": not_a_name}`, nil, "Failed to evaluate property-mapping"},
		"raised":     {`raise ValueError("no")`, nil, "Failed to evaluate property-mapping"},
		"endless":    {`return {"x": [n for n in range(1000000000)]}`, nil, "Failed to evaluate property-mapping"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := configured(t, "2025.8.1", explicit, nil)
			d.mapProfile(test.expression)
			assert.Equal(t, test.want, d.claims()["x"])
			noted := d.list("events/events/?action=configuration_error")
			if test.noted == "" {
				assert.Empty(t, noted)
			} else {
				assert.Contains(t, jsonText(noted), test.noted)
			}
		})
	}
}

// mappingFaultTests are those of claims and subjects that an administrator decides on.
var mappingFaultTests = map[string]faultTest{
	"claims-as-text": {func(d *double) any {
		d.mapProfile(`return {"immich_quota": 5}`)
		return d.claims()["immich_quota"]
	}, 5.0, "5"},
	"subject-mode-ignored": {func(d *double) any {
		status, _ := d.api("PATCH", "providers/oauth2/"+jsonText(d.pk)+"/", object{"sub_mode": "user_username"})
		require.Equal(d, http.StatusOK, status)
		return d.claims()["sub"] == "alice"
	}, true, false},
}
