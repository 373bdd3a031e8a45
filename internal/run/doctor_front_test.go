package run_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// put puts a front before the installation: the doctor is led to it.
func (i *installation) put(t *testing.T, f front.Front) func(*run.DoctorOptions) {
	t.Helper()
	f.Hosts, f.To = []string{"photos.example.org", "auth.example.org"}, i.stack.HTTPClient().Transport
	started, err := f.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, started.Close()) })
	ca := filepath.Join(t.TempDir(), "front.pem")
	require.NoError(t, os.WriteFile(ca, started.PEM, 0o600))
	return func(o *run.DoctorOptions) {
		o.CAFile, o.Resolve = ca, nil
		for _, host := range f.Hosts {
			o.Resolve = append(o.Resolve, host+":443:"+started.Secure, host+":80:"+started.Plain)
		}
	}
}

// TestTheDoctorTellsTwoFrontsApart holds that a login in front of Immich is not blamed for what authentik's own name answers.
func TestTheDoctorTellsTwoFrontsApart(t *testing.T) {
	t.Parallel()
	asks := front.Answers("photos.example.org", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	circle := front.Answers("auth.example.org", front.ToHTTPS)
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		lead := i.put(t, front.Front{Bend: func(next http.Handler) http.Handler { return asks(circle(next)) }})
		got := i.examine(t, func(o *run.DoctorOptions) {
			lead(o)
			o.Issuer = "https://auth.example.org/application/o/immich/"
		})
		causes := map[string][]string{}
		for _, c := range got.Report.Causes {
			causes[c.ID] = c.Checks
		}
		assert.Equal(t, map[string][]string{
			"proxy.forward-auth":  {"live.api-open"},
			"proxy.redirect-loop": {"discovery.issuer", "discovery.document", "discovery.keys"},
		}, causes, strings.TrimSpace(got.text))
	})
}

// TestTheDoctorBlamesNoDocumentThatItHasNotRead holds that words of Immich's that fit a discovery document with http addresses
// are no cause where authentik is known and gave none.
func TestTheDoctorBlamesNoDocumentThatItHasNotRead(t *testing.T) {
	t.Parallel()
	wordless := front.OnHost("photos.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/oauth/authorize" {
			http.Error(w, `{"message":"Failed to start oauth","statusCode":500}`, http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
	gone := front.OnHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			panic(http.ErrAbortHandler) // the connection ends
		}
		next.ServeHTTP(w, r)
	})
	installed(t, "2026.2.0", "v3.1.0", func(i *installation) {
		for _, tt := range []struct {
			bend  func(http.Handler) http.Handler
			cause string
		}{
			{wordless, "proxy.endpoint-insecure"},
			{func(next http.Handler) http.Handler { return wordless(gone(next)) }, report.Unknown},
		} {
			lead := i.put(t, front.Front{Bend: tt.bend})
			got := i.examine(t, func(o *run.DoctorOptions) {
				lead(o)
				o.Issuer = "https://auth.example.org/application/o/immich/"
			})
			var blamed []string
			for _, c := range got.Report.Causes {
				if slices.Contains(c.Checks, "live.authorize") {
					blamed = append(blamed, c.ID)
				}
			}
			assert.Equal(t, []string{tt.cause}, blamed, got.text)
		}
	})
}
