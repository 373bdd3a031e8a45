package live_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/ssoproof/ssoproof/internal/live"
)

func passage(base http.RoundTripper) (*live.Transport, *live.Passage) {
	t := transport(base, 0, rate.Inf)
	return t, t.Passage("https://photos.example.org", "https://auth.example.org")
}

func TestNothingPassesThatIsNoPartOfALogin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, address string
		passes          bool
	}{
		{http.MethodGet, "https://photos.example.org/api/users/me", true},
		{http.MethodGet, "https://auth.example.org/application/o/authorize/?x=1", true},
		{http.MethodPost, "https://photos.example.org/api/oauth/authorize", true},
		{http.MethodPost, "https://photos.example.org/api/oauth/callback", true},
		{http.MethodPost, "https://photos.example.org/api/auth/logout", true},
		{http.MethodPost, "https://auth.example.org/api/v3/flows/executor/default-authentication-flow/?query=x", true},
		{http.MethodPost, "https://auth.example.org/api/v3/flows/executor/", false},
		{http.MethodPost, "https://auth.example.org/api/v3/flows/executor/a/b/", false},
		{http.MethodPost, "https://auth.example.org/api/v3/flows/executor/%2e%2e/", false},
		{http.MethodPost, "https://auth.example.org/api/v3/flows/executor/../../core/users/", false},
		{http.MethodPost, "https://auth.example.org/api/v3/core/users/", false},
		{http.MethodPost, "https://auth.example.org/api/oauth/callback", false},
		{http.MethodPost, "https://photos.example.org/api/v3/flows/executor/x/", false},
		{http.MethodPost, "https://photos.example.org/api/oauth/link", false},
		{http.MethodPost, "https://photos.example.org/api/oauth/callback?x=1", false},
		{http.MethodPost, "https://photos.example.org/api/auth/login", false},
		{http.MethodPost, "https://photos.example.org:8443/api/oauth/callback", false},
		{http.MethodPost, "http://photos.example.org/api/oauth/callback", false},
		{http.MethodGet, "http://auth.example.org/", false},
		{http.MethodGet, "https://elsewhere.example.org/", false},
		{http.MethodPut, "https://photos.example.org/api/users/me", false},
		{http.MethodDelete, "https://photos.example.org/api/sessions", false},
	} {
		t.Run(tt.method+" "+tt.address, func(t *testing.T) {
			t.Parallel()
			base := &answering{}
			tr, p := passage(base)
			_, err := p.RoundTrip(request(t, tt.method, tt.address))
			assert.Equal(t, live.DefaultMost, tr.Left(), "the doctor's own requests")
			if tt.passes {
				require.NoError(t, err)
				assert.Equal(t, []string{tt.method + " " + tt.address}, base.seen)
				assert.Equal(t, "ssoproof/test (doctor)", base.agent)
				return
			}
			refused := new(live.RefusedError)
			require.ErrorAs(t, err, &refused)
			assert.Contains(t, err.Error(), "it is not part of a login")
			assert.Empty(t, base.seen, "nothing is sent")
		})
	}
}

func TestALoginIsBoundedAndItsEndIsNotLost(t *testing.T) {
	t.Parallel()
	base := &answering{body: "{}"}
	_, p := passage(base)
	for range 48 {
		_, err := p.RoundTrip(request(t, http.MethodPost, "https://photos.example.org/api/oauth/authorize"))
		require.NoError(t, err)
	}
	_, err := p.RoundTrip(request(t, http.MethodGet, "https://photos.example.org/"))
	require.EqualError(t, err, "the login has made its 48 requests, and makes no more")
	all, wrote := p.Made()
	assert.Equal(t, []int{48, 48}, []int{all, wrote})
}

func TestWhatIsRecordedOfALoginHoldsNoSecret(t *testing.T) {
	t.Parallel()
	answer := `{"accessToken":"hush","token":"hush","to":"https://photos.example.org/auth/login?code=hush&state=hush","pending_user_avatar":"hush"}`
	tr, p := passage(&answering{body: answer})
	post := func(address string, body map[string]string) {
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(string(encoded)))
		require.NoError(t, err)
		r.Header.Set("Cookie", "immich_access_token=hush")
		_, err = p.RoundTrip(r)
		require.NoError(t, err)
	}
	const query = "?query=next%3D%252Fapplication%252F%253Fstate%253Dhush%2526code_challenge%253Dhush%2526client_id%253Dabc"
	post("https://auth.example.org/api/v3/flows/executor/x/"+query, map[string]string{"component": "ak-stage-password", "password": "hush"})
	post("https://photos.example.org/api/oauth/callback", map[string]string{"url": "https://photos.example.org/auth/login?code=hush&state=hush", "codeVerifier": "hush"})
	_, err := p.RoundTrip(request(t, http.MethodGet, "https://photos.example.org/api/users/me"))
	require.NoError(t, err)
	exchanges := tr.Exchanges()
	require.Len(t, exchanges, 3)
	for _, x := range exchanges {
		assert.NotContains(t, fmt.Sprint(x.URL, x.RequestHeader, x.ResponseHeader, string(x.RequestBody), string(x.ResponseBody)), "hush")
	}
	assert.Contains(t, string(exchanges[0].RequestBody), "ak-stage-password")
	assert.Contains(t, exchanges[0].URL, "client_id%253Dabc")
}
