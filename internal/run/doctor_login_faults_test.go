package run_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/run"
)

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
		{"wrong client secret that both credentials show", func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			i.oauth(t, map[string]any{"clientSecret": "not-the-secret"})
			return i.credentials(t, "systemConfig.read")
		}, []string{"immich.client-secret"}, 1, "because The secret that Immich sends is not that of the provider Immich"},
		{"no mapping for the e-mail", func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			i.withoutMapping(t, "email")
			return nil
		}, []string{"authentik.scope-mapping-missing"}, 1, "email"},
		{"a person without an e-mail", func(t *testing.T, i *installation, user *authentik.User) func(*run.DoctorOptions) {
			path := fmt.Sprintf("/core/users/%d/", user.PK)
			require.NoError(t, i.World.Authentik.Call(t.Context(), http.MethodPatch, path, map[string]any{"email": ""}, nil))
			return nil
		}, []string{"authentik.user-without-email"}, 1, "enter an e-mail for the person"},
		{"wrong client secret, and no discovery document", func(t *testing.T, i *installation, _ *authentik.User) func(*run.DoctorOptions) {
			i.oauth(t, map[string]any{"clientSecret": "not-the-secret"})
			return i.put(t, front.Front{Bend: front.OnHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
					w.Header().Set("X-Powered-By", "authentik") // whose application has another slug than the guide's
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})})
		}, []string{"immich.client-secret"}, 1, "most likely, Immich's client secret is not the provider's"},
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

// TestAReasonThatIsHidden is about newer releases of Immich, which tell the reason to their log alone: without a key two causes
// remain, and with one it is known.
func TestAReasonThatIsHidden(t *testing.T) {
	t.Parallel()
	installed(t, "2026.5.0", "v3.1.0", func(i *installation) {
		i.oauth(t, map[string]any{"autoRegister": false})
		user := i.somebody(t)
		ids := func(change func(*run.DoctorOptions)) (all []string) {
			for _, c := range i.examine(t, change).Report.Causes {
				all = append(all, c.ID)
			}
			return all
		}
		assert.ElementsMatch(t, []string{"immich.auto-register-off", "immich.linked-elsewhere"}, ids(as(t, user)))
		key := i.credentials(t, "systemConfig.read")
		assert.Equal(t, []string{"immich.auto-register-off"}, ids(func(o *run.DoctorOptions) { as(t, user)(o); key(o) }))
	})
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
				kept := contents(t, got.Dir)
				assert.Contains(t, slices.Collect(maps.Keys(kept)), "/evidence/live.signin/02-http.har")
				for file, content := range kept {
					assert.NotContains(t, content+got.text, user.Password, file)
					assert.NotRegexp(t, `[?&]code=\w`, content, file)
				}
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

// challenged is a front that answers authentik's executor in its place once the password was sent, with a challenge.
func challenged(challenge string, posts *atomic.Int32) front.Front {
	return front.Front{Bend: front.OnHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
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
		_, _ = io.WriteString(w, challenge)
	})}
}

// TestWhatTheDoctorDoesNotAnswer holds that a stage that it does not know how to answer is no fault of the pair's.
func TestWhatTheDoctorDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for challenge, says := range map[string]string{
		`{"component":"ak-stage-authenticator-validate"}`: "authentik asks for a second factor, which ssoproof does not answer; use an account without one (ak-stage-authenticator-validate)",
		`{"component":"ak-stage-captcha"}`:                "authentik shows a captcha",
		`{"component":"ak-stage-identification","user_fields":["email"],"captcha_stage":{"component":"ak-stage-captcha"}}`: "authentik shows a captcha",
		`{"component":"ak-stage-identification","user_fields":[],"sources":[{"name":"x"}]}`:                                "through other sources alone",
		`{"component":"ak-stage-of-tomorrow"}`: "authentik shows the stage ak-stage-of-tomorrow, which ssoproof does not answer",
		`{"component":"ak-stage-password"}`:    "authentik asks for the password once more",
	} {
		t.Run(challenge, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				var posts atomic.Int32
				behind := i.put(t, challenged(challenge, &posts))
				user := i.somebody(t)
				got := i.examine(t, func(o *run.DoctorOptions) { behind(o); as(t, user)(o) })
				want := check.Inconclusive
				if strings.Contains(challenge, "ak-stage-password") {
					want = check.Fail
				}
				assert.Equal(t, want, resultOf(t, got, "live.signin").Status, got.text)
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), says)
				assert.Equal(t, int32(1), posts.Load(), "the password is sent once")
			})
		})
	}
}
