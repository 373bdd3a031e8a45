package immich_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

func TestFinishOnboardingDoesWhatTheReleaseKnows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		release string
		admin   bool
		calls   []string
	}{
		{"v1.132.3", true, []string{"POST /api/system-metadata/admin-onboarding"}},
		{"v2.7.5", true, []string{"POST /api/system-metadata/admin-onboarding", "PUT /api/users/me/onboarding"}},
		{"v2.7.5", false, []string{"PUT /api/users/me/onboarding"}},
	}
	for _, test := range tests {
		t.Run(test.release, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, test.release)
			var calls []string
			note := func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, object{"isOnboarded": true}, a.body)
				calls = append(calls, r.Method+" "+r.URL.Path)
				w.WriteHeader(http.StatusNoContent)
			}
			a.HandleFunc("GET /api/users/me", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, object{"isAdmin": test.admin}) })
			a.HandleFunc("POST /api/system-metadata/admin-onboarding", note)
			if a.release.Has(version.UserOnboarding) {
				a.HandleFunc("PUT /api/users/me/onboarding", note)
			}
			require.NoError(t, a.client().FinishOnboarding(t.Context()))
			assert.Equal(t, test.calls, calls)
		})
	}
}

func TestCreateAndDeleteUser(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("POST /api/admin/users", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 201, object{"id": "u2"}) })
	a.HandleFunc("DELETE /api/admin/users/u2", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, object{"id": "u2"}) })
	u, err := a.client().CreateUser(t.Context(), immich.User{Email: "ada@example.org", Name: "Ada"}, "pw")
	require.NoError(t, err)
	assert.Equal(t, object{"email": "ada@example.org", "name": "Ada", "password": "pw"}, a.body)
	require.NoError(t, a.client().DeleteUser(t.Context(), u.ID, true))
	assert.Equal(t, object{"force": true}, a.body)
	require.NoError(t, a.client().DeleteUser(t.Context(), "gone", false))
}
