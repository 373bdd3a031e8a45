package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
