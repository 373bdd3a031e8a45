package run_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// atImmich is a front that bends one call of Immich's API.
func atImmich(method, path string, bend func(next http.Handler, w http.ResponseWriter, r *http.Request)) front.Front {
	return front.Front{Bend: front.OnHost("photos.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method == method && r.URL.Path == path {
			bend(next, w, r)
			return
		}
		next.ServeHTTP(w, r)
	})}
}

// TestASessionIsJudged holds that its cookies and its end are looked at, and that what may live on is said.
func TestASessionIsJudged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		front front.Front
		fails string
		says  string
	}{
		"cookies over plain http": {atImmich(http.MethodPost, "/api/oauth/callback", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(front.Headed(w, func(h http.Header) {
				for i, cookie := range h["Set-Cookie"] {
					h["Set-Cookie"][i] = strings.ReplaceAll(cookie, "; Secure", "")
				}
			}), r)
		}), "live.session", "immich_access_token is Secure"},
		"a logout that ends nothing": {atImmich(http.MethodPost, "/api/auth/logout", func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"successful":true}`)
		}), "live.signout", "the session in Immich may live on"},
		"an account of somebody else": {atImmich(http.MethodGet, "/api/users/me", func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"another","email":"somebody@example.org"}`)
		}), "live.signin", "the account of the session"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				behind, user := i.put(t, test.front), i.somebody(t)
				got := i.examine(t, func(o *run.DoctorOptions) { behind(o); as(t, user)(o) })
				assert.Equal(t, check.Fail, resultOf(t, got, test.fails).Status, got.text)
				assert.Equal(t, 1, got.Verdict.ExitCode())
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), test.says)
			})
		})
	}
}

// TestAnInterruptedLoginIsEnded interrupts it while Immich answers: who is signed in by then is signed out again.
func TestAnInterruptedLoginIsEnded(t *testing.T) {
	t.Parallel()
	for path, left := range map[string]string{"/api/users/me": "", "/api/oauth/callback": "Immich's answer to the login did not arrive"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				method := map[bool]string{true: http.MethodGet, false: http.MethodPost}[left == ""]
				ctx, interrupt := context.WithCancel(t.Context())
				var once atomic.Bool
				behind := i.put(t, atImmich(method, path, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
					if once.CompareAndSwap(false, true) {
						r = r.WithContext(context.WithoutCancel(r.Context()))
						interrupt()
					}
					next.ServeHTTP(w, r)
				}))
				user := i.somebody(t)
				_, before := i.signedIn(t)
				var text bytes.Buffer
				o := i.options(t, &text)
				behind(&o)
				as(t, user)(&o)
				got, err := run.Doctor(ctx, o)
				require.NoError(t, err)
				assert.Equal(t, report.Interrupted, got.Verdict)
				assert.FileExists(t, filepath.Join(got.Dir, report.JSONFile))
				said := strings.Join(strings.Fields(text.String()), " ")
				here, there := i.signedIn(t)
				assert.NotContains(t, whose(t, here), float64(user.PK), "a session at authentik")
				if left == "" {
					assert.Len(t, there, len(before), "sessions in Immich")
					assert.NotContains(t, said, "may live on")
					return
				}
				assert.Contains(t, said, left)
			})
		})
	}
}
