package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"crypto/tls"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/suites"
)

// installation is a pair of doubles to which the guide was applied, for a doctor to be asked about.
type installation struct {
	*suites.Env
	stack *inproc.Stack
	ca    string // file
	// address is where both public names are.
	address string
}

// installed makes an installation of releases, and gives it to use while it lives.
func installed(t *testing.T, authentik, immich string, use func(*installation)) {
	t.Helper()
	o := run.Options{
		Stack: run.Fake, Browser: "auto", Parallel: 1, Output: io.Discard, Now: time.Now, Out: filepath.Join(t.TempDir(), "run"),
		Authentik: authentik, Immich: immich, Only: []string{"guide.authentik"}, Chrome: &browser.Browser{},
		Set: map[string]string{"immich.company": "photos.example.org", "authentik.company": "auth.example.org"},
	}
	plan, err := run.StackPlan(t.Context(), o)
	require.NoError(t, err)
	s, err := inproc.Start(plan)
	require.NoError(t, err)
	o.Raise = func(stack.Plan) (stack.Stack, error) { return s, nil }
	used := false
	o.Configured = func(_ context.Context, e *suites.Env) error {
		used = true
		address := s.Edge().(*edge.Edge).Addr()
		use(&installation{Env: e, stack: s, address: address, ca: keepCA(t, address)})
		return nil
	}
	_, err = run.Run(t.Context(), o)
	require.NoError(t, err)
	require.True(t, used)
}

// keepCA writes the authority of an edge into a file.
func keepCA(t *testing.T, address string) string {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, ServerName: "photos.example.org"})
	require.NoError(t, err)
	defer conn.Close()
	chain := conn.ConnectionState().PeerCertificates
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: chain[len(chain)-1].Raw}), 0o600))
	return file
}

// examined is what the doctor says of an installation.
type examined struct {
	*run.Outcome
	text      string
	transport *live.Transport
}

// examine asks the doctor; change may say more.
func (i *installation) examine(t *testing.T, change func(*run.DoctorOptions)) examined {
	t.Helper()
	var out bytes.Buffer
	var e examined
	o := i.options(t, &out)
	o.Asked = func(transport *live.Transport) { e.transport = transport }
	if change != nil {
		change(&o)
	}
	var err error
	e.Outcome, err = run.Doctor(t.Context(), o)
	require.NoError(t, err)
	e.text = out.String()
	return e
}

// options lead the doctor to the installation.
func (i *installation) options(t *testing.T, out io.Writer) run.DoctorOptions {
	t.Helper()
	o := run.DoctorOptions{
		Options: run.Options{Output: out, Now: time.Now, Tool: "test", Out: filepath.Join(t.TempDir(), "doctor"), Command: []string{"ssoproof", "doctor"}},
		Immich:  "https://photos.example.org", CAFile: i.ca, Rate: rate.Inf,
	}
	for _, place := range []string{"photos.example.org:443:", "photos.example.org:80:", "auth.example.org:443:", "auth.example.org:80:"} {
		o.Resolve = append(o.Resolve, place+i.address)
	}
	return o
}

// redirectURIs replaces what the provider registers: "strict https://…", "regex …".
func (i *installation) redirectURIs(t *testing.T, entries ...string) {
	t.Helper()
	list := []any{}
	for _, entry := range entries {
		mode, uri, _ := strings.Cut(entry, " ")
		list = append(list, map[string]any{"matching_mode": mode, "url": uri})
	}
	require.NoError(t, i.World.Authentik.PatchProvider(t.Context(), i.Shared.OP.ProviderPK, map[string]any{"redirect_uris": list}))
}

// oauth changes Immich's OAuth settings.
func (i *installation) oauth(t *testing.T, keys map[string]any) {
	t.Helper()
	config, err := i.ImmichAdmin.SystemConfig(t.Context())
	require.NoError(t, err)
	for key, value := range keys {
		config.OAuth()[key] = value
	}
	_, err = i.ImmichAdmin.PutSystemConfig(t.Context(), config)
	require.NoError(t, err)
}

const (
	login = "strict https://photos.example.org/auth/login"
	link  = "strict https://photos.example.org/user-settings"
)

// TestTheDoctorFindsNothingWrong drives the doctor against a healthy pair: nothing is wrong, and nothing is written.
func TestTheDoctorFindsNothingWrong(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"2025.8.1", "v2.7.5"}, {"2026.5.0", "v3.1.0"}, {"2024.8.4", "v1.106.4"}} {
		t.Run(strings.Join(pair[:], " "), func(t *testing.T) {
			t.Parallel()
			installed(t, pair[0], pair[1], func(i *installation) {
				before := i.stored(t)
				got := i.examine(t, nil)
				assert.Equal(t, report.Partial, got.Verdict, got.text)
				assert.Empty(t, got.Report.Causes, got.text)
				assert.Equal(t, before, i.stored(t), "the databases")
				assert.Greater(t, got.transport.Left(), 20, "of 60 requests")
				line, _, _ := strings.Cut(got.Report.Cell.Authentik, " ")
				assert.True(t, line != "" && strings.HasPrefix(pair[0], line), "authentik's line is %q", line)
				assertNoPrefix(t, run.Options{Stack: run.Fake, Browser: "auto", Parallel: 1, Authentik: pair[0], Immich: pair[1]}, &got.Report)
			})
		})
	}
}

// stored is what both doubles keep, but for the sessions of nobody, which authentik keeps for each visitor.
func (i *installation) stored(t *testing.T) string {
	t.Helper()
	authentik, immich, nobody := i.kept(t)
	assert.LessOrEqual(t, nobody, 1, "sessions of nobody")
	return authentik + "\n" + immich
}

// kept is what each double keeps, and how many sessions of nobody are left out of it.
func (i *installation) kept(t *testing.T) (authentik, immich string, nobody int) {
	t.Helper()
	dumped, err := i.stack.OP.Dump()
	require.NoError(t, err)
	all, err := i.stack.RP.Dump()
	require.NoError(t, err)
	var kept map[string]any
	require.NoError(t, json.Unmarshal(dumped, &kept))
	sessions, _ := kept["sessions"].([]any)
	var people []any
	for _, s := range sessions {
		if s.(map[string]any)["User"] != 0.0 {
			people = append(people, s)
		}
	}
	kept["sessions"] = people
	dumped, err = json.Marshal(kept)
	require.NoError(t, err)
	return string(dumped), string(all), len(sessions) - len(people)
}

// assertNoPrefix holds that the doctor's IDs and those of a run are told apart by their beginnings, and that one that both
// have is the same statement.
func assertNoPrefix(t *testing.T, o run.Options, r *report.Report) {
	t.Helper()
	checks, _, err := run.Catalogue(t.Context(), o)
	require.NoError(t, err)
	titles := map[string]string{}
	for _, c := range checks {
		titles[c.ID] = c.Title
	}
	ofDoctor, err := run.DoctorCatalogue(t.Context(), o)
	require.NoError(t, err)
	var told []string
	for _, c := range ofDoctor {
		told = append(told, c.ID)
	}
	for _, x := range r.Plan.Excluded {
		assert.Contains(t, told, x.ID, "`list --live` tells of every check that the doctor may judge")
	}
	for _, one := range r.Checks {
		assert.Contains(t, told, one.ID, "`list --live` tells of every check that the doctor judges")
		for _, id := range slices.Collect(maps.Keys(titles)) {
			assert.False(t, id != one.ID && (strings.HasPrefix(id, one.ID) || strings.HasPrefix(one.ID, id)), "%s and %s", id, one.ID)
		}
		if shared := titles[one.ID]; shared != "" && one.ID != "discovery.issuer" { // which speaks of the guide there
			assert.Equal(t, shared, one.Title)
		}
		for _, other := range r.Checks {
			assert.False(t, other.ID != one.ID && strings.HasPrefix(other.ID, one.ID), "%s and %s", other.ID, one.ID)
		}
	}
}
