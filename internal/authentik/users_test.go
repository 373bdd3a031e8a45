package authentik_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

func TestCreateUser(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	var created, secret object
	refuse := false
	a.HandleFunc("POST /api/v3/core/users/", func(w http.ResponseWriter, r *http.Request) {
		created = read(r)
		a.answer(w, 201, object{"pk": 12, "uid": "hashed"})
	})
	a.HandleFunc("POST /api/v3/core/users/12/set_password/", func(w http.ResponseWriter, r *http.Request) {
		secret = read(r)
		if refuse {
			a.answer(w, 400, object{"password": []string{"The password hunter-2 is too common."}})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	asked := authentik.User{Username: "ada", Name: "Ada", Email: "ada@example.org", Password: "hunter-2"}
	user, err := a.client().CreateUser(t.Context(), asked)
	require.NoError(t, err)
	assert.Equal(t, authentik.User{PK: 12, UID: "hashed", Username: "ada", Name: "Ada", Email: "ada@example.org", Password: "hunter-2"}, user)
	assert.Equal(t, object{"password": "hunter-2"}, secret)
	assert.Subset(t, created, object{"type": "internal", "path": "users", "is_active": true, "email": "ada@example.org"})

	refuse = true
	_, err = a.client().CreateUser(t.Context(), asked)
	require.ErrorContains(t, err, "create user ada: authentik: POST /api/v3/core/users/12/set_password/: 400 password: The password [hidden] is too common.")
	assert.Equal(t, []string{"/api/v3/core/users/12/"}, a.removed, "a user without a password is of no use")
}

func TestDeletingWhatIsGoneIsNoError(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.HandleFunc("DELETE /api/v3/core/users/1/", func(w http.ResponseWriter, _ *http.Request) {
		a.answer(w, 404, object{"detail": "No User matches the given query."})
	})
	a.HandleFunc("DELETE /api/v3/core/users/2/", func(w http.ResponseWriter, _ *http.Request) {
		a.answer(w, 403, object{"detail": "You do not have permission."})
	})
	require.NoError(t, a.client().DeleteUser(t.Context(), 1))
	require.ErrorContains(t, a.client().DeleteUser(t.Context(), 2), "403 You do not have permission.")
}

func TestListsAreReadToTheLastPage(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.keys = named("name", "key", "another key", authentik.SelfSignedKey)
	_, err := a.client().Configure(t.Context(), settings(t, "2024-03-28"), a.release)
	require.NoError(t, err)
	assert.Equal(t, "key-"+authentik.SelfSignedKey, a.provider["signing_key"])
}

func TestErrorsCarryAuthentiksOwnWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, want string
		status           int
	}{
		{"detail", `{"detail":"Token invalid/expired"}`, "403 Token invalid/expired", 403},
		{"field", `{"redirect_uris":["Not a valid string."]}`, "400 redirect_uris: Not a valid string.", 400},
		{"fields", `{"b":["two"],"a":["one"],"non_field_errors":["all"]}`, "400 a: one; b: two; all", 400},
		{"nested", `{"redirect_uris":[{},{"matching_mode":["\"x\" is not a valid choice."]}]}`, `400 redirect_uris.matching_mode: "x" is not a valid choice.`, 400},
		{"starting", `{"error":"authentik starting"}`, "503 authentik starting", 503},
		{"text", "failed to connect to authentik backend: authentik starting\n", "502 failed to connect to authentik backend: authentik starting", 502},
		{"nothing", "", "500 Internal Server Error", 500},
		{"echo", `{"client_secret":["topsecret is too short"],"x":["bootstrap-token-of-the-run"]}`, "400 client_secret: [hidden] is too short; x: [hidden]", 400},
		{"redirect", "", "302 Found", 302},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := authentik.New(origin, token, clientOf(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})))
			err := c.PatchProvider(t.Context(), 3, map[string]any{"client_secret": "topsecret"})
			require.EqualError(t, err, "authentik: PATCH /api/v3/providers/oauth2/3/: "+test.want)
			var refused *authentik.APIError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, test.status, refused.Status)
		})
	}
}

func TestVersionAndAvatars(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.HandleFunc("GET /api/v3/admin/version/", func(w http.ResponseWriter, _ *http.Request) {
		a.answer(w, 200, object{"version_current": "2026.2.0-rc1", "version_latest": "0.0.0"})
	})
	var sent object
	a.HandleFunc("PATCH /api/v3/admin/settings/", func(w http.ResponseWriter, r *http.Request) { sent = read(r); a.answer(w, 200, sent) })
	v, err := a.client().Version(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "2026.2.0-rc1", v)
	require.NoError(t, a.client().SetAvatarsLocal(t.Context()))
	assert.Equal(t, object{"avatars": "initials"}, sent)
}
