package run_test

import (
	"bytes"
	"context"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// inBrowser asks for the login of a person in a browser, behind a front where one is put.
func inBrowser(t *testing.T, user authentik.User, behind ...func(*run.DoctorOptions)) func(*run.DoctorOptions) {
	t.Helper()
	needsChrome(t)
	return func(o *run.DoctorOptions) {
		as(t, user)(o)
		o.Login.Browser = true
		for _, change := range behind {
			change(o)
		}
	}
}

// pictures are those of the login, by name.
func pictures(t *testing.T, e examined) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, artefact := range resultOf(t, e, "live.signin").Evidence {
		if artefact.Kind == "screenshot" {
			data, err := os.ReadFile(filepath.Join(e.Dir, artefact.Path))
			require.NoError(t, err)
			_, err = jpeg.DecodeConfig(bytes.NewReader(data))
			assert.NoError(t, err, artefact.Path)
			all[artefact.Name] = data
		}
	}
	return all
}

// watched is a front that hands all on, and keeps what was asked.
func watched(mu *sync.Mutex, seen *[]*http.Request) front.Front {
	return front.Front{Bend: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			*seen = append(*seen, r.Clone(context.Background()))
			mu.Unlock()
			next.ServeHTTP(w, r)
		})
	}}
}

// TestTheDoctorLogsSomebodyInWithABrowser holds that the login is judged as that over HTTP is, and is as little of a burden.
func TestTheDoctorLogsSomebodyInWithABrowser(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"2025.8.1", "v2.7.5"}, {"2026.5.0", "v3.1.0"}} {
		t.Run(strings.Join(pair[:], " "), func(t *testing.T) {
			t.Parallel()
			installed(t, pair[0], pair[1], func(i *installation) {
				var mu sync.Mutex
				var seen []*http.Request
				behind, user := i.put(t, watched(&mu, &seen)), i.somebody(t)
				hereBefore, thereBefore := i.signedIn(t)
				got := i.examine(t, inBrowser(t, user, behind))
				for _, id := range []string{"live.signin", "live.session", "live.signout"} {
					assert.Equal(t, check.Pass, resultOf(t, got, id).Status, got.text)
				}
				assert.NotEmpty(t, pictures(t, got)["arrived"], got.text)
				assert.Len(t, resultOf(t, got, "live.signin").Steps, 4)
				here, there := i.signedIn(t)
				assert.ElementsMatch(t, hereBefore, here, "sessions at authentik")
				assert.ElementsMatch(t, thereBefore, there, "sessions in Immich")
				assert.Contains(t, strings.Join(got.Report.Notes, "\n"), "the browser loaded the products' pages as any visitor's does, ")
				for file, content := range contents(t, got.Dir) {
					assert.NotContains(t, content, user.Password, file)
				}
				assert.True(t, slices.ContainsFunc(seen, func(r *http.Request) bool { return strings.Contains(r.UserAgent(), "Chrome/") }), "a browser was there")
				for _, r := range seen {
					assert.Contains(t, r.UserAgent(), "ssoproof/test (doctor", "who asks says so")
					for _, name := range []string{"X-Ssoproof-Session", "X-Ssoproof-Check", "X-Ssoproof-Harness", "X-Forwarded-For", "X-Forwarded-Host"} {
						assert.Empty(t, r.Header.Get(name), "%s %s: %s", r.Method, r.URL.Path, name)
					}
				}
			})
		})
	}
}

// TestABrowserTellsTheSameCauses drives the mistakes that take a login to see.
func TestABrowserTellsTheSameCauses(t *testing.T) {
	t.Parallel()
	for _, fault := range loginFaults() {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				user := i.somebody(t)
				change := fault.make(t, i, &user)
				got := i.examine(t, func(o *run.DoctorOptions) {
					inBrowser(t, user)(o)
					if change != nil {
						change(o)
					}
				})
				assert.Equal(t, fault.exit, got.Verdict.ExitCode(), got.text)
				var ids []string
				for _, c := range got.Report.Causes {
					ids = append(ids, c.ID)
				}
				assert.Equal(t, fault.cause, ids, got.text)
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), fault.says)
				if resultOf(t, got, "live.signin").Status != check.Pass {
					assert.NotEmpty(t, pictures(t, got)["stopped"], got.text)
				}
				here, _ := i.signedIn(t)
				assert.NotContains(t, whose(t, here), float64(user.PK), "a session at authentik")
				for file, content := range contents(t, got.Dir) {
					assert.NotContains(t, content+got.text, user.Password, file)
				}
			})
		})
	}
}

// TestWhatABrowserDoesNotAnswer holds that the login ends where that over HTTP does.
func TestWhatABrowserDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for challenge, says := range map[string]string{
		`{"component":"ak-stage-authenticator-validate"}`:                                 "authentik asks for a second factor, which ssoproof does not answer",
		`{"component":"ak-stage-consent","permissions":[{"name":"e-mail","id":"email"}]}`: "authentik asks the person to let Immich have email; --consent agrees",
	} {
		t.Run(challenge, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				var posts atomic.Int32
				behind, user := i.put(t, challenged(challenge, &posts)), i.somebody(t)
				got := i.examine(t, inBrowser(t, user, behind, func(o *run.DoctorOptions) { o.Login.Consent = false }))
				assert.Equal(t, check.Inconclusive, resultOf(t, got, "live.signin").Status, got.text)
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), says)
				assert.Equal(t, int32(1), posts.Load(), "nothing is sent after the password")
			})
		})
	}
}

// TestAnInterruptedBrowserIsLoggedOut interrupts it while Immich answers, which is heard to the end.
func TestAnInterruptedBrowserIsLoggedOut(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		ctx, interrupt := context.WithCancel(t.Context())
		behind := i.put(t, atImmich(http.MethodPost, "/api/oauth/callback", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			interrupt()
			select {
			case <-r.Context().Done(): // nobody waits for the answer
				r = r.WithContext(context.WithoutCancel(r.Context()))
			case <-time.After(3 * time.Second):
			}
			next.ServeHTTP(w, r)
		}))
		user := i.somebody(t)
		_, before := i.signedIn(t)
		o := i.options(t, io.Discard)
		inBrowser(t, user, behind)(&o)
		got, err := run.Doctor(ctx, o)
		require.NoError(t, err)
		assert.Equal(t, report.Interrupted, got.Verdict)
		assert.Empty(t, got.Report.Causes)
		here, there := i.signedIn(t)
		assert.NotContains(t, whose(t, here), float64(user.PK), "a session at authentik")
		assert.Len(t, there, len(before), "sessions in Immich")
		_, accounts, _ := i.kept(t)
		assert.Contains(t, accounts, user.Email, "Immich had let the person in")
	})
}

// TestALoginThatIsCutOff holds that a login without an answer ends at once, and that what may be left of it is said.
func TestALoginThatIsCutOff(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		behind := i.put(t, atImmich(http.MethodPost, "/api/oauth/callback", func(http.Handler, http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler)
		}))
		user := i.somebody(t)
		got := i.examine(t, inBrowser(t, user, behind))
		one := resultOf(t, got, "live.signin")
		assert.Equal(t, check.Inconclusive, one.Status, got.text)
		assert.Contains(t, one.Reason, "POST /api/oauth/callback: ")
		assert.NotEmpty(t, pictures(t, got)["stopped"])
		assert.Contains(t, strings.Join(got.Report.Notes, "\n"), "Immich's answer to the login did not arrive")
		here, _ := i.signedIn(t)
		assert.NotContains(t, whose(t, here), float64(user.PK), "a session at authentik")
	})
}

// TestPicturesOfALoginShowNoPassword lets authentik's page repeat a password in its own words.
func TestPicturesOfALoginShowNoPassword(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		user := i.somebody(t)
		var stopped [][]byte
		for _, password := range []string{"WWWWWWWWWWWWWWWW", "iiiiiiiiiiiiiiii"} {
			var posts atomic.Int32
			user.Password = password
			behind := i.put(t, challenged(`{"component":"ak-stage-password","response_errors":{"password":[{"string":"`+password+` is wrong"}]}}`, &posts))
			got := i.examine(t, inBrowser(t, user, behind))
			assert.Equal(t, check.Fail, resultOf(t, got, "live.signin").Status, got.text)
			assert.Contains(t, got.text, " is wrong")
			for file, content := range contents(t, got.Dir) {
				assert.NotContains(t, content+got.text, password, file)
			}
			stopped = append(stopped, pictures(t, got)["stopped"])
		}
		assert.NotEmpty(t, stopped[0])
		assert.True(t, bytes.Equal(stopped[0], stopped[1]), "what differs is hidden")
	})
}

// TestABrowserIsThere is not parallel: the search path belongs to the process.
func TestABrowserIsThere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	o := run.DoctorOptions{Options: run.Options{Output: io.Discard}, Immich: "https://photos.example.org"}
	as(t, authentik.User{Username: "alice", Password: "x"})(&o)
	o.Login.Browser = true
	_, err := run.Doctor(t.Context(), o)
	require.ErrorAs(t, err, new(*run.UsageError))
	assert.EqualError(t, err, "--browser: there is no Chromium, Chrome or headless-shell in the search path; install one, or leave --browser out to log in over HTTP")
	o.Login = run.LoginOptions{Browser: true}
	_, err = run.Doctor(t.Context(), o)
	require.ErrorAs(t, err, new(*run.UsageError))
	assert.ErrorContains(t, err, "--login NAME asks for one")
}
