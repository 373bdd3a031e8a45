package immich_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
)

// login answers as Immich does to a password and to a callback.
func (a *api) login(w http.ResponseWriter, kind string) {
	for name, value := range map[string]string{"immich_access_token": token, "immich_auth_type": kind, "immich_is_authenticated": "true"} {
		http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: name != "immich_is_authenticated"})
	}
	a.answer(w, 201, object{"accessToken": token, "userId": "u1", "userEmail": "ada@example.org", "name": "Ada", "isOnboarded": true})
}

func TestSessionKnowsHowItShowsItself(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("POST /api/auth/login", func(w http.ResponseWriter, _ *http.Request) { a.login(w, "password") })
	a.HandleFunc("GET /api/users/me", func(w http.ResponseWriter, _ *http.Request) {
		a.answer(w, 200, object{"id": "u1", "email": "ada@example.org", "oauthId": "hashed", "isAdmin": true})
	})
	s, err := a.client().Login(t.Context(), "ada@example.org", "pw")
	require.NoError(t, err)
	assert.Equal(t, object{"email": "ada@example.org", "password": "pw"}, a.body)
	assert.Equal(t, "u1 ada@example.org Ada", s.UserID+" "+s.Email+" "+s.Name)
	assert.True(t, s.Onboarded)
	assert.Len(t, s.Cookies, 3)

	tests := []struct {
		style  immich.SessionStyle
		header string
		want   string
	}{
		{immich.Cookies, "Cookie", token},
		{immich.UserTokenHeader, "X-Immich-User-Token", token},
		{immich.Bearer, "Authorization", "Bearer " + token},
	}
	for _, test := range tests {
		own := *s
		own.Style = test.style
		me, err := a.client().WithUserAgent("Immich_Android_2.5.6").As(&own).Me(t.Context())
		require.NoError(t, err)
		assert.Equal(t, &immich.User{ID: "u1", Email: "ada@example.org", OAuthID: "hashed", IsAdmin: true}, me)
		assert.Equal(t, "Immich_Android_2.5.6", a.seen.Header.Get("User-Agent"))
		for _, header := range []string{"Cookie", "X-Immich-User-Token", "Authorization"} {
			if header == test.header {
				assert.Contains(t, a.seen.Header.Get(header), test.want)
			} else {
				assert.Empty(t, a.seen.Header.Get(header), "%s: only its own way", test.style)
			}
		}
	}
	c := a.client()
	c.As(s)
	_, err = c.Me(t.Context())
	require.NoError(t, err)
	assert.Empty(t, a.seen.Header.Get("Cookie"), "a client without a session stays without")
}

func TestSessionsTokenIsInNoError(t *testing.T) {
	t.Parallel()
	for _, style := range []immich.SessionStyle{immich.Cookies, immich.UserTokenHeader, immich.Bearer} {
		a := newAPI(t, "v2.7.5")
		a.HandleFunc("GET /api/users/me", func(w http.ResponseWriter, _ *http.Request) { a.refuse(w, 401, "Invalid "+token) })
		s := &immich.Session{Token: token, Style: style, Cookies: []*http.Cookie{{Name: "immich_access_token", Value: token}}}
		_, err := a.client().As(s).Me(t.Context())
		require.ErrorContains(t, err, "401 Invalid [hidden]", style)
	}
}

func TestSignUpAdmin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		signUp, login int
		words         string
	}{
		{"first start", 201, 500, ""},
		{"warm start", 400, 201, ""},
		{"somebody else's Immich", 400, 401, "The server already has an admin"},
		{"broken", 500, 201, "500 The server already has an admin"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, "v2.7.5")
			a.HandleFunc("POST /api/auth/admin-sign-up", func(w http.ResponseWriter, _ *http.Request) {
				if test.signUp != 201 {
					a.refuse(w, test.signUp, "The server already has an admin")
					return
				}
				a.answer(w, 201, object{"id": "u1"})
			})
			a.HandleFunc("POST /api/auth/login", func(w http.ResponseWriter, _ *http.Request) {
				if test.login != 201 {
					a.refuse(w, test.login, "Incorrect email or password")
					return
				}
				a.login(w, "password")
			})
			err := a.client().SignUpAdmin(t.Context(), "admin@immich.company", "pw", "Admin")
			if test.words == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.words)
		})
	}
}

func TestLogoutAndValidity(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	alive := true
	a.HandleFunc("POST /api/auth/logout", func(w http.ResponseWriter, _ *http.Request) {
		alive = false
		a.answer(w, 200, object{"successful": true, "redirectUri": "https://authentik.company/application/o/immich/end-session/"})
	})
	a.HandleFunc("POST /api/auth/validateToken", func(w http.ResponseWriter, _ *http.Request) {
		if alive {
			a.answer(w, 200, object{"authStatus": true})
			return
		}
		a.refuse(w, 401, "Invalid user token")
	})
	c := a.client().As(&immich.Session{Token: token, Style: immich.Bearer})
	valid, err := c.ValidateToken(t.Context())
	require.NoError(t, err)
	assert.True(t, valid)
	out, err := c.Logout(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "https://authentik.company/application/o/immich/end-session/", out.RedirectURI)
	valid, err = c.ValidateToken(t.Context())
	require.NoError(t, err, "a dead session is an answer")
	assert.False(t, valid)
}
