package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// as asks for the login of a person who agrees to everything.
func as(t *testing.T, user authentik.User) func(*run.DoctorOptions) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte(user.Password+"\n"), 0o600))
	return func(o *run.DoctorOptions) {
		o.Login = run.LoginOptions{Name: user.Username, PasswordFile: file, Yes: true, Consent: true, Say: io.Discard}
	}
}

// somebody is a person at authentik whom nobody has seen before.
func (i *installation) somebody(t *testing.T) authentik.User {
	t.Helper()
	i.World.Trace = journey.Untraced{}
	user, err := i.World.NewUser(t.Context())
	require.NoError(t, err)
	return user
}

// signedIn are the sessions of people, at both products.
func (i *installation) signedIn(t *testing.T) (authentik, immich []any) {
	t.Helper()
	var here, there struct{ Sessions []any }
	atAuthentik, atImmich, _ := i.kept(t)
	require.NoError(t, json.Unmarshal([]byte(atAuthentik), &here))
	require.NoError(t, json.Unmarshal([]byte(atImmich), &there))
	return here.Sessions, there.Sessions
}

// TestTheDoctorLogsSomebodyIn drives a real login on a healthy pair: it is judged well, and nobody is left signed in.
func TestTheDoctorLogsSomebodyIn(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"2025.8.1", "v2.7.5"}, {"2026.5.0", "v3.1.0"}, {"2024.8.4", "v1.106.4"}} {
		t.Run(strings.Join(pair[:], " "), func(t *testing.T) {
			t.Parallel()
			installed(t, pair[0], pair[1], func(i *installation) {
				user := i.somebody(t)
				hereBefore, thereBefore := i.signedIn(t)
				got := i.examine(t, as(t, user))
				assert.Equal(t, report.Partial, got.Verdict, got.text)
				assert.Empty(t, got.Report.Causes, got.text)
				for _, id := range []string{"live.signin", "live.session", "live.signout"} {
					assert.Equal(t, check.Pass, resultOf(t, got, id).Status, got.text)
				}
				here, there := i.signedIn(t)
				assert.ElementsMatch(t, hereBefore, here, "sessions at authentik")
				assert.ElementsMatch(t, thereBefore, there, "sessions in Immich")
				_, accounts, _ := i.kept(t)
				assert.Contains(t, accounts, user.Email, "the account stays")
				assert.Contains(t, strings.Join(got.Report.Notes, "\n"), "the login of "+user.Username+" and its end made")
				assert.Contains(t, got.text, "A real login\n√ a person logs in to Immich through authentik\n")
				assertNoPrefix(t, run.Options{Stack: run.Fake, Browser: "auto", Parallel: 1, Authentik: pair[0], Immich: pair[1]}, &got.Report)
				for file, content := range contents(t, got.Dir) {
					assert.NotContains(t, content, user.Password, file)
				}
			})
		})
	}
}

func resultOf(t *testing.T, e examined, name string) check.Result {
	t.Helper()
	i := slices.IndexFunc(e.Report.Checks, func(r check.Result) bool { return r.Name() == name })
	require.NotEqual(t, -1, i, "%s was not judged: %s", name, e.text)
	return e.Report.Checks[i]
}

// loginFault is what is wrong with a pair in a way that takes a login to see.
type loginFault struct {
	name  string
	make  func(*testing.T, *installation, *authentik.User) func(*run.DoctorOptions)
	cause []string
	exit  int
	says  string
}

func loginFaults() []loginFault {
	changed := func(key string, value any) func(*testing.T, *installation, *authentik.User) func(*run.DoctorOptions) {
		return func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			i.oauth(t, map[string]any{key: value})
			return nil
		}
	}
	return []loginFault{
		{"wrong password", func(_ *testing.T, _ *installation, user *authentik.User) func(*run.DoctorOptions) {
			user.Password = "not-the-password"
			return nil
		}, []string{"authentik.login-refused"}, 1, "Invalid password"},
		{"denied by a policy", func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			require.NoError(t, i.World.Authentik.BindUser(t.Context(), i.Shared.OP.Slug, i.somebody(t).PK))
			return nil
		}, []string{"authentik.policy-denies"}, 1, "bind the person, or a group that the person is in"},
		{"no signing key", func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			i.provider(t, map[string]any{"signing_key": nil})
			return nil
		}, []string{"authentik.signing-key-missing"}, 1, "signing key"},
		{"newcomers are not registered", changed("autoRegister", false), []string{"immich.auto-register-off"}, 1, "turn on auto-register"},
		{"wrong client secret", changed("clientSecret", "not-the-secret"), []string{"immich.client-secret"}, 1, "most likely, Immich's client secret is not the provider's"},
		{"no mapping for the e-mail", func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			i.withoutMapping(t, "email")
			return nil
		}, []string{"authentik.scope-mapping-missing"}, 1, "email"},
		{"linked to another identity", func(t *testing.T, i *installation, user *authentik.User) func(*run.DoctorOptions) {
			_, err := i.WebLoginHTTP(t.Context(), *user)
			require.NoError(t, err)
			like := authentik.User{Email: user.Email}
			*user, err = i.World.NewUserLike(t.Context(), like)
			require.NoError(t, err)
			return nil
		}, []string{"immich.linked-elsewhere"}, 1, "linked to another identity"},
	}
}

// withoutMapping takes the mapping of a scope from the provider.
func (i *installation) withoutMapping(t *testing.T, scope string) {
	t.Helper()
	var mappings struct {
		Results []struct {
			PK    string `json:"pk"`
			Scope string `json:"scope_name"`
		} `json:"results"`
	}
	require.NoError(t, i.World.Authentik.Call(t.Context(), http.MethodGet, "/propertymappings/provider/scope/?page_size=100", nil, &mappings))
	fields, err := i.World.Authentik.Provider(t.Context(), i.Shared.OP.ProviderPK)
	require.NoError(t, err)
	selected, _ := fields["property_mappings"].([]any)
	for _, m := range mappings.Results {
		if m.Scope == scope {
			selected = slices.DeleteFunc(selected, func(pk any) bool { return pk == m.PK })
		}
	}
	i.provider(t, map[string]any{"property_mappings": selected})
}

// TestTheDoctorNamesTheCauseOfALogin makes one mistake at a time that takes a login to see.
func TestTheDoctorNamesTheCauseOfALogin(t *testing.T) {
	t.Parallel()
	for _, f := range loginFaults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				user := i.somebody(t)
				more := f.make(t, i, &user)
				got := i.examine(t, func(o *run.DoctorOptions) {
					as(t, user)(o)
					if more != nil {
						more(o)
					}
				})
				var causes []string
				for _, c := range got.Report.Causes {
					causes = append(causes, c.ID)
					assert.Contains(t, c.Checks, "live.signin")
				}
				assert.Equal(t, f.cause, causes, got.text)
				assert.Equal(t, f.exit, got.Verdict.ExitCode(), got.text)
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), f.says)
				here, _ := i.signedIn(t)
				assert.NotContains(t, whose(t, here), float64(user.PK), "a session at authentik")
			})
		})
	}
}

// whose are the people of sessions at authentik.
func whose(t *testing.T, sessions []any) []any {
	t.Helper()
	var people []any
	for _, s := range sessions {
		people = append(people, s.(map[string]any)["User"])
	}
	return people
}

// challenged is a front that answers authentik's executor in its place once the password was sent.
func challenged(component string, posts *atomic.Int32) front {
	return front{bend: onHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v3/flows/executor/default-authentication-flow") {
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !bytes.Contains(body, []byte(`"password"`)) {
			next.ServeHTTP(w, r)
			return
		}
		posts.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"component": component, "pending_user": "x"})
	})}
}

// TestWhatTheDoctorDoesNotAnswer holds that a stage that it does not know how to answer is no fault of the pair's.
func TestWhatTheDoctorDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for component, says := range map[string]string{
		"ak-stage-authenticator-validate": "authentik asks for a second factor, which ssoproof does not answer; use an account without one (ak-stage-authenticator-validate)",
		"ak-stage-captcha":                "authentik shows a captcha",
		"ak-stage-of-tomorrow":            "authentik shows the stage ak-stage-of-tomorrow, which ssoproof does not answer",
		"ak-stage-password":               "authentik asks for the password once more",
	} {
		t.Run(component, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				var posts atomic.Int32
				behind := i.put(t, challenged(component, &posts))
				user := i.somebody(t)
				got := i.examine(t, func(o *run.DoctorOptions) { behind(o); as(t, user)(o) })
				want := check.Inconclusive
				if component == "ak-stage-password" {
					want = check.Fail
				}
				assert.Equal(t, want, resultOf(t, got, "live.signin").Status, got.text)
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), says)
				assert.Equal(t, int32(1), posts.Load(), "the password is sent once")
			})
		})
	}
}

func TestConsentIsTheOwnersToGive(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		_, err := i.World.Authentik.SwitchFlow(t.Context(), i.Shared.OP.ProviderPK, "default-provider-authorization-explicit-consent")
		require.NoError(t, err)
		user := i.somebody(t)
		got := i.examine(t, func(o *run.DoctorOptions) { as(t, user)(o); o.Login.Consent = false })
		assert.Equal(t, check.Inconclusive, resultOf(t, got, "live.signin").Status, got.text)
		assert.Contains(t, got.text, "--consent agrees")
		here, _ := i.signedIn(t)
		assert.NotContains(t, whose(t, here), float64(user.PK), "a session at authentik")
		_, accounts, _ := i.kept(t)
		assert.NotContains(t, accounts, user.Email, "an account")
	})
}

// answering is a person at a terminal.
type answering struct {
	yes    bool
	secret string
	err    error
	asked  []string
}

func (a *answering) Agree(_ context.Context, question string) (bool, error) {
	a.asked = append(a.asked, question)
	return a.yes, a.err
}

func (a *answering) Secret(_ context.Context, prompt string) (string, error) {
	a.asked = append(a.asked, prompt)
	return a.secret, a.err
}

func TestNothingIsWrittenWithoutAYes(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		user := i.somebody(t)
		before, accounts, _ := i.kept(t)
		without := i.examine(t, nil)
		var said bytes.Buffer
		no := &answering{}
		got := i.examine(t, func(o *run.DoctorOptions) { o.Login = run.LoginOptions{Name: user.Username, Terminal: no, Say: &said} })
		after, accountsAfter, _ := i.kept(t)
		assert.Equal(t, []string{before, accounts}, []string{after, accountsAfter}, "the databases")
		assert.Equal(t, []string{"Go on?"}, no.asked, "and no password is asked for")
		assert.Contains(t, said.String(), "in Immich (https://photos.example.org): a session, and an account for "+user.Username+" if there is none")
		assert.Equal(t, without.Verdict, got.Verdict)
		assert.Equal(t, without.Report.Checks[0].Status, got.Report.Checks[0].Status)
		assert.Len(t, got.Report.Checks, len(without.Report.Checks))
		assert.Contains(t, got.text, "live.signin, live.session, live.signout: the question whether to go on was not answered with yes")

		yes := &answering{yes: true, secret: user.Password}
		got = i.examine(t, func(o *run.DoctorOptions) {
			o.Login = run.LoginOptions{Name: user.Username, Terminal: yes, Consent: true}
		})
		assert.Equal(t, []string{"Go on?", "Password of " + user.Username + " at authentik: "}, yes.asked)
		assert.Equal(t, check.Pass, resultOf(t, got, "live.signin").Status, got.text)

		gone := errors.New("interrupted")
		o := i.options(t, io.Discard)
		o.Login = run.LoginOptions{Name: user.Username, Terminal: &answering{err: gone}}
		_, err := run.Doctor(t.Context(), o)
		require.ErrorIs(t, err, gone)
	})
}
