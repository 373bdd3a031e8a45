package run_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestTheDoctorSaysWhyThereIsNoDiscoveryDocument holds that it is told what was asked for and what became of it.
func TestTheDoctorSaysWhyThereIsNoDiscoveryDocument(t *testing.T) {
	t.Parallel()
	const issuer = "https://auth.example.org/application/o/immich/"
	const document = issuer + ".well-known/openid-configuration"
	silent := front.OnHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
			panic(http.ErrAbortHandler) // the connection ends
		}
		next.ServeHTTP(w, r)
	})
	gone := front.OnHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		next.ServeHTTP(w, r)
	})
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		for _, tt := range []struct {
			name   string
			bend   func(http.Handler) http.Handler
			issuer string
			says   string
			cause  string
		}{
			{"no answer, the address guessed", silent, "", "authentik was asked for its discovery document at " + document + ", and no answer came: ", ""},
			{"a gateway's answer, the address guessed", gone, "", "authentik was asked for its discovery document at " + document + ", and the proxy before it answers 502 Bad Gateway", ""},
			{"no answer", silent, issuer, "authentik's discovery document at " + document + " does not answer: ", "unknown"},
			{"a gateway's answer", gone, issuer, "authentik's discovery document at " + document + " does not answer: the proxy before it says 502 Bad Gateway", "proxy.gateway"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				lead := i.put(t, front.Front{Bend: tt.bend})
				got := i.examine(t, func(o *run.DoctorOptions) {
					lead(o)
					o.Issuer = tt.issuer
				})
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), tt.says)
				var causes []string
				for _, c := range got.Report.Causes {
					causes = append(causes, c.ID)
				}
				if tt.cause == "" {
					assert.Empty(t, causes, got.text)
					return
				}
				assert.Equal(t, []string{tt.cause}, causes, got.text)
				for _, r := range got.Report.Checks {
					if strings.HasPrefix(r.ID, "discovery.") {
						assert.Equal(t, check.Inconclusive, r.Status)
						assert.Contains(t, r.Reason, tt.says)
					}
				}
			})
		}
	})
}
