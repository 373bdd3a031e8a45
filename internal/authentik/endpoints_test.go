package authentik_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

// tokenEndpoint keeps what it was sent.
type tokenEndpoint struct {
	status     int
	body       string
	form       url.Values
	id, secret string
}

func (e *tokenEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	e.form = r.PostForm
	e.id, e.secret, _ = r.BasicAuth()
	w.WriteHeader(e.status)
	fmt.Fprint(w, e.body)
}

func TestARedemptionCarriesTheSecretInOnePlace(t *testing.T) {
	t.Parallel()
	r := authentik.Redemption{ClientID: "id", ClientSecret: "secret", Code: "c", RedirectURI: "https://immich.company/auth/login", Verifier: "v"}
	sent := &tokenEndpoint{status: http.StatusOK, body: `{"access_token":"a","token_type":"Bearer"}`}
	endpoints := &authentik.Endpoints{BaseURL: origin, HTTP: clientOf(sent)}
	answer, err := endpoints.Token(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, "Bearer", answer.Text("token_type"))
	assert.Equal(t, "200 OK with tokens", answer.String(), "no token is said")
	assert.Equal(t, url.Values{
		"grant_type": {"authorization_code"}, "code": {"c"}, "redirect_uri": {r.RedirectURI}, "code_verifier": {"v"},
		"client_id": {"id"}, "client_secret": {"secret"},
	}, sent.form)
	assert.Empty(t, sent.id)

	r.Basic, r.Verifier = true, ""
	_, err = endpoints.Token(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, []string{"id", "secret"}, []string{sent.id, sent.secret})
	assert.Equal(t, url.Values{"grant_type": {"authorization_code"}, "code": {"c"}, "redirect_uri": {r.RedirectURI}}, sent.form)
}

func TestAnEndpointThatFailsSaysNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	for status, wrong := range map[int]bool{http.StatusOK: false, http.StatusUnauthorized: false, http.StatusBadGateway: true, http.StatusInternalServerError: true} {
		endpoints := &authentik.Endpoints{BaseURL: origin, HTTP: clientOf(&tokenEndpoint{status: status, body: "no JSON"})}
		answer, err := endpoints.UserInfo(t.Context(), "token")
		if wrong {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, status, answer.Status)
		assert.Empty(t, answer.Fields)
	}
}

// TestAskTakesARedirectThatIsNoURL is what a client of net/http fails on.
func TestAskTakesARedirectThatIsNoURL(t *testing.T) {
	t.Parallel()
	nowhere := "https://immich.company:port/%zz"
	visitor := authentik.NewVisitor(origin, clientOf(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := r.Cookie("authentik_session")
		if err != nil {
			http.SetCookie(w, &http.Cookie{Name: "authentik_session", Value: "s", Path: "/"})
			return
		}
		redirect(w, nowhere)
	})))
	status, _, err := visitor.Ask(t.Context(), origin+"/application/o/authorize/?x=1")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	status, location, err := visitor.Ask(t.Context(), origin+"/application/o/authorize/?x=1")
	require.NoError(t, err)
	assert.Equal(t, http.StatusFound, status)
	assert.Equal(t, nowhere, location)
	_, _, err = visitor.Ask(t.Context(), "https://elsewhere.example/")
	require.ErrorContains(t, err, "not on "+origin)
}
