package authentik_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// TestABlueprintIsApplied: the worker finds the file by itself, may apply it at the same time, and would take back what is
// changed afterwards.
func TestABlueprintIsApplied(t *testing.T) {
	t.Parallel()
	found := func(status string) []object {
		return []object{{"pk": "one", "path": "custom/x.yaml", "status": status, "last_applied": "before"}}
	}
	for name, tt := range map[string]struct {
		known   []object
		comes   []string // of each time that it is applied
		refused string
	}{
		"applied by the worker":                    {found("successful"), nil, ""},
		"not found yet":                            {nil, []string{"successful"}, ""},
		"tried by the worker, too early":           {found("error"), []string{"successful"}, ""},
		"tried by the worker, at the same time":    {found("unknown"), []string{"error", "successful"}, ""},
		"not found yet, and then at the same time": {nil, []string{"error", "successful"}, ""},
		"no good": {nil, []string{"error", "error"}, "authentik does not apply the blueprint: its status is error; the log of authentik's worker says why"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, "2025.8.1")
			_, err := a.client().Configure(t.Context(), settings(t, "2025-06-23"), a.release) // what the blueprint makes
			require.NoError(t, err)
			a.provider["name"] = "Immich"
			a.results("/providers/oauth2/", []object{a.provider})
			blueprint := object{"pk": "one", "status": "unknown", "enabled": true, "last_applied": "before"}
			if len(tt.known) > 0 {
				blueprint["status"] = tt.known[0]["status"]
			}
			a.results("/managed/blueprints/", tt.known)
			a.HandleFunc("POST /api/v3/managed/blueprints/", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 201, blueprint) })
			applied, pending, busy := 0, false, true
			a.HandleFunc("POST /api/v3/managed/blueprints/one/apply/", func(w http.ResponseWriter, _ *http.Request) {
				assert.Less(t, applied, len(tt.comes), "it is applied too often")
				pending = true
				a.answer(w, 200, blueprint)
			})
			a.HandleFunc("GET /api/v3/managed/blueprints/one/", func(w http.ResponseWriter, _ *http.Request) {
				a.answer(w, 200, blueprint) // once more as it was: the worker takes its time
				if pending {
					blueprint["status"], blueprint["last_applied"], pending = tt.comes[applied], fmt.Sprint(applied), false
					applied++
				}
			})
			a.HandleFunc("PATCH /api/v3/managed/blueprints/one/", func(w http.ResponseWriter, r *http.Request) {
				body := read(r)
				if busy { // authentik 2026.2.0, whose worker lists no files in time
					busy = false
					a.answer(w, 405, object{"detail": "Method not allowed"})
					return
				}
				if body["path"] != "custom/x.yaml" { // authentik 2025.8.1
					a.answer(w, 400, object{"non_field_errors": []string{"Either path or content must be set."}})
					return
				}
				blueprint["enabled"] = body["enabled"]
				a.answer(w, 200, blueprint)
			})
			made, err := a.client().ConfigureBy(t.Context(), "custom/x.yaml", "", &guide.Settings{}, a.release)
			assert.Equal(t, len(tt.comes), applied)
			if tt.refused != "" {
				require.EqualError(t, err, tt.refused)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "Immich", made.Name)
			assert.Equal(t, false, blueprint["enabled"], "it is applied no more")
		})
	}
}
