package run_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
)

// TestNothingThatIsWrittenHoldsASecret lets a run fail on every leg, and looks in all that it wrote for what went over the
// wire meanwhile: in another way than the run itself did.
func TestNothingThatIsWrittenHoldsASecret(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t, "login.web.*", "link.web", "login.mobile.native", "token.*", "op.client-secret", "logout.*", "rp.*")
	var console bytes.Buffer
	o.Output = &console
	var pair *inproc.Stack
	o.Raise = func(plan stack.Plan) (_ stack.Stack, err error) {
		pair, err = inproc.Start(plan)
		if err == nil {
			err = errors.Join(pair.RP.SetFault("oauthid-not-stored", true), pair.OP.SetFault("consent-never-remembered", true))
		}
		return pair, err
	}
	outcome, err := run.Run(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, report.FakesFailed, outcome.Verdict)
	assert.Empty(t, outcome.Report.Notes, "nothing had to be withheld")
	exchanges, err := pair.Edge().Exchanges(t.Context(), 0)
	require.NoError(t, err)
	secrets := onTheWire(t, exchanges)
	for _, name := range []string{"code", "state", "access_token", "client_secret", "code_verifier", "immich_access_token", "password", "authorization"} {
		assert.NotEmpty(t, secrets[name], "a %s went over the wire", name)
	}
	files := contents(t, o.Out)
	files["console"] = console.String()
	kinds := map[string]bool{}
	for file, content := range files {
		kinds[filepath.Ext(file)] = true
		for name, values := range secrets {
			for value := range values {
				for _, spelt := range []string{value, url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value))} {
					if strings.Contains(file+content, spelt) { // the text itself would be long
						assert.Fail(t, file+" holds a "+name)
					}
				}
			}
		}
	}
	for _, kind := range []string{".json", ".xml", ".html", ".md", ".har", ".jpg"} {
		assert.True(t, kinds[kind], "a file of kind %s was written", kind)
	}
}

// TestLeakOfWhatWentOverTheWireIsCaught writes what a check that passed got from the products.
func TestLeakOfWhatWentOverTheWireIsCaught(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	for name, kind := range map[string]string{"code": "code", "access_token": "signature", "authentik_session": "cookie", "code_verifier": "verifier"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fakes(t, "token.id")
			var pair *inproc.Stack
			o.Raise = func(plan stack.Plan) (_ stack.Stack, err error) {
				pair, err = inproc.Start(plan)
				return pair, err
			}
			o.Ended = func(check.Result) {
				exchanges, err := pair.Edge().Exchanges(t.Context(), 0)
				assert.NoError(t, err)
				for secret := range onTheWire(t, exchanges)[name] {
					assert.NoError(t, os.WriteFile(filepath.Join(o.Out, "evidence"), []byte("it was "+secret), 0o600))
				}
			}
			outcome, err := run.Run(t.Context(), o)
			require.NoError(t, err)
			assert.Equal(t, 4, outcome.Verdict.ExitCode())
			assert.Equal(t, []string{"evidence held a secret (" + kind + ") and is withheld"}, outcome.Report.Notes)
		})
	}
}

// onTheWire are the secrets of exchanges, by the names that they stand under. What is too short to be told from other text
// is none.
func onTheWire(t *testing.T, exchanges []edge.Exchange) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	add := func(name, value string) {
		if parts := strings.Split(value, "."); len(parts) == 3 {
			value = parts[2] // of a JWT the signature
		}
		if len(value) < 16 {
			return
		}
		if found[name] == nil {
			found[name] = map[string]bool{}
		}
		found[name][value] = true
	}
	named := []string{"code", "state", "client_secret", "code_verifier", "access_token", "refresh_token", "id_token", "id_token_hint", "logout_token", "password", "accessToken", "codeVerifier", "clientSecret"}
	form := func(values url.Values) {
		for _, name := range named {
			add(name, values.Get(name))
		}
	}
	for _, x := range exchanges {
		for _, address := range []string{x.URL, x.ResponseHeader.Get("Location")} {
			if u, err := url.Parse(address); err == nil {
				form(u.Query())
			}
		}
		if values, err := url.ParseQuery(string(x.RequestBody)); err == nil {
			form(values)
		}
		for _, body := range [][]byte{x.RequestBody, x.ResponseBody} {
			var object map[string]any
			_ = json.Unmarshal(body, &object)
			for _, name := range named {
				if value, ok := object[name].(string); ok {
					add(name, value)
				}
			}
		}
		for _, c := range append((&http.Request{Header: x.RequestHeader}).Cookies(), (&http.Response{Header: x.ResponseHeader}).Cookies()...) {
			add(c.Name, c.Value)
		}
		if _, credential, ok := strings.Cut(x.RequestHeader.Get("Authorization"), " "); ok {
			add("authorization", credential)
		}
	}
	return found
}
