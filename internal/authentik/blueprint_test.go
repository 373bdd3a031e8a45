package authentik_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// TestABlueprintIsAppliedOnce: the worker finds the file by itself, and would take back what is changed afterwards.
func TestABlueprintIsAppliedOnce(t *testing.T) {
	t.Parallel()
	for name, known := range map[string][]object{
		"found by the worker": {{"pk": "one", "path": "custom/x.yaml", "status": "successful"}},
		"not found yet":       nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, "2025.8.1")
			s := settings(t, "2025-06-23")
			_, err := a.client().Configure(t.Context(), s, a.release) // what the blueprint makes
			require.NoError(t, err)
			a.provider["name"] = "Immich"
			a.results("/providers/oauth2/", []object{a.provider})
			blueprint := object{"pk": "one", "status": "unknown", "enabled": true}
			a.results("/managed/blueprints/", known)
			a.HandleFunc("POST /api/v3/managed/blueprints/", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 201, blueprint) })
			a.HandleFunc("POST /api/v3/managed/blueprints/one/apply/", func(w http.ResponseWriter, _ *http.Request) {
				blueprint["status"] = "successful"
				a.answer(w, 200, blueprint)
			})
			a.HandleFunc("GET /api/v3/managed/blueprints/one/", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, blueprint) })
			a.HandleFunc("PATCH /api/v3/managed/blueprints/one/", func(w http.ResponseWriter, r *http.Request) {
				body := read(r)
				if body["path"] != "custom/x.yaml" { // authentik 2025.8.1
					a.answer(w, 400, object{"non_field_errors": []string{"Either path or content must be set."}})
					return
				}
				blueprint["enabled"] = body["enabled"]
				a.answer(w, 200, blueprint)
			})
			applied, err := a.client().ConfigureBy(t.Context(), "custom/x.yaml", "", &guide.Settings{}, a.release)
			require.NoError(t, err)
			assert.Equal(t, "Immich", applied.Name)
			assert.Equal(t, false, blueprint["enabled"], "it is applied no more")
		})
	}
}
