package run_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/fixtures/schema"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

func pairs(name string) string { return filepath.Join("testdata", "pairs", name+".yaml") }

// TestAPairFileStandsInThePlaceOfAGuide goes the catalogue as far as the pair's settings concern it: what they keep checks from
// judging has to be left out, and everything else has to work.
func TestAPairFileStandsInThePlaceOfAGuide(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	tests := map[string]struct {
		immich  string
		want    report.Verdict
		skip    []string          // what no setting of this pair concerns
		without map[string]string // checks that are left out, and why
		cause   string            // of the failure; empty: none
		at      string            // where it is at fault
	}{
		"own": {
			immich: "v3.1.0", want: report.FakesOK, skip: []string{"logout.backchannel.*", "session.*", "rp.*"},
			without: map[string]string{"account.claims": "a scope mapping of the pair file's own gives people claims that the check would have to replace"},
		},
		"closed": {
			immich: "v2.7.5", want: report.FakesOK,
			without: map[string]string{
				"link.web":         "it needs an account with a password, and passwordLogin.enabled is false",
				"account.newcomer": "it needs a newcomer, and oauth.autoRegister is false",
			},
		},
		"http-file": {
			immich: "v2.7.5", want: report.FakesOK, skip: []string{"account.*", "session.*", "rp.*", "login.mobile.*"},
			without: map[string]string{"login.web.auto-launch": "it changes Immich's settings, and Immich reads them from a file"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fakes(t)
			o.Pair, o.Authentik, o.Immich = pairs(name), "2025.8.1", test.immich
			o.Skip = slices.Concat(test.skip, []string{"op.*", "login.mobile.other", "redirect.refused", "login.forged", "link.forged"})
			outcome, err := run.Run(t.Context(), o)
			require.NoError(t, err)
			assert.Equal(t, test.want, outcome.Verdict)
			for _, c := range outcome.Report.Checks {
				assert.Empty(t, c.Findings, "%s: %s", c.Name(), c.Reason)
			}
			left := map[string]string{}
			for _, e := range outcome.Report.Plan.Excluded {
				left[e.ID] = e.Reason
			}
			for id, reason := range test.without {
				assert.Equal(t, reason, left[id], id)
			}
			assert.Contains(t, outcome.Report.Cell.Guide, name)
			kept, err := os.ReadFile(filepath.Join(outcome.Dir, report.JSONFile))
			require.NoError(t, err)
			fitsSchema(t, string(kept))
		})
	}
}

func TestAnUpgradeOfAPairFileEndsWithAnAnswer(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	tests := map[string]struct {
		file    bool // Immich reads its settings from a file
		keyless bool // the provider has no signing key
		want    report.Safety
		changes string
		already string // what mends what fails before as well
	}{
		// The migration of v3.0.0 lets a stored http issuer be; nothing migrates a file (facts of Immich v3.0.0).
		"settings in the database": {want: report.Safe},
		"settings in a file":       {file: true, want: report.SafeAfter, changes: "enter `https://auth.example.org/application/o/photos/` as the issuer URL"},
		"what never worked":        {keyless: true, want: report.Safe, already: "the provider has no signing key: select a signing key"},
		"what never worked, and a file": {
			file: true, keyless: true, want: report.SafeAfter, changes: "enter `https://auth.example.org/application/o/photos/` as the issuer URL",
			already: "the provider has no signing key: select a signing key",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(pairs("http-file"))
			require.NoError(t, err)
			file := filepath.Join(t.TempDir(), "pair.yaml")
			if !test.file {
				text = []byte(strings.Replace(string(text), "  file: true\n", "", 1))
			}
			if test.keyless {
				text = []byte(strings.Replace(string(text), "signing_key: authentik Self-signed Certificate", "signing_key: null", 1))
			}
			require.NoError(t, os.WriteFile(file, text, 0o600))
			o := run.UpgradeOptions{Options: fakes(t, "login.web.first", "discovery.*", "upgrade.*"), From: "2025.8.1,v2.7.5", To: "2025.8.1,v3.1.0", Order: run.Together}
			o.Pair = file
			outcome, err := run.Upgrade(t.Context(), o)
			require.NoError(t, err)
			answer := outcome.Report.Answer()
			told := map[string]int{}
			for _, c := range outcome.Report.Causes {
				told[c.ID]++
				assert.Equal(t, 1, told[c.ID], "%s is told once: %s", c.ID, c.Fix.Text)
			}
			require.NotNil(t, answer)
			assert.Equal(t, test.want, answer.Safety, answer.Text)
			assert.Contains(t, strings.Join(answer.Changes, "\n"), test.changes)
			if test.file {
				assert.Contains(t, answer.Changes[0], file+":", "the line of the pair file")
			}
			assert.Contains(t, strings.Join(answer.Mends, "\n"), test.already)
			assert.Equal(t, test.already != "", answer.Already != "", answer.Already)
		})
	}
}

// TestWhatOfAPairFileIsNotJudgedIsSaid holds that no run and no rehearsal claims more than it judged.
func TestWhatOfAPairFileIsNotJudgedIsSaid(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	text, err := os.ReadFile(pairs("own"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "pair.yaml")
	require.NoError(t, os.WriteFile(file, append(text, "not_read: ['authentik.provider.sub_mode: it is a variable']\n"...), 0o600))
	notes := []string{
		"not read: authentik.provider.sub_mode: it is a variable",
		`not carried over: authorization_flow (a fresh authentik has no flow "our-own-consent"; its own takes its place)`,
		"not carried over: policy: group: photo users",
	}
	options := func() (run.Options, *bytes.Buffer) {
		o, out := fakes(t, "discovery.*"), &bytes.Buffer{}
		o.Pair, o.Output = file, out
		return o, out
	}
	said := func(t *testing.T, out *bytes.Buffer, dirs ...string) {
		t.Helper()
		for _, note := range notes {
			assert.Contains(t, out.String(), "note: "+note+"\n")
		}
		for _, dir := range dirs {
			kept, err := report.Load(dir)
			require.NoError(t, err)
			assert.Equal(t, notes, kept.Notes, dir)
			assert.NotEmpty(t, kept.Resolved, dir)
			summary, err := os.ReadFile(filepath.Join(dir, report.SummaryFile))
			require.NoError(t, err)
			assert.Contains(t, string(summary), "not carried over: policy: group: photo users")
			data, err := os.ReadFile(filepath.Join(dir, report.JSONFile))
			require.NoError(t, err)
			fitsSchema(t, string(data))
		}
	}
	t.Run("run", func(t *testing.T) {
		t.Parallel()
		o, out := options()
		outcome, err := run.Run(t.Context(), o)
		require.NoError(t, err)
		said(t, out, outcome.Dir)
	})
	t.Run("upgrade", func(t *testing.T) {
		t.Parallel()
		o, out := options()
		outcome, err := run.Upgrade(t.Context(), run.UpgradeOptions{Options: o, From: "2025.8.1,v2.7.5", To: "2025.8.1,v3.1.0", Order: run.Together})
		require.NoError(t, err)
		said(t, out, outcome.Dir, filepath.Join(outcome.Dir, report.BeforeDir))
		assert.Equal(t, `Not carried over: authorization_flow (a fresh authentik has no flow "our-own-consent"; its own takes its place); `+
			"policy: group: photo users. Not read: authentik.provider.sub_mode: it is a variable.", outcome.Report.Answer().Beside)
		assert.Contains(t, out.String(), "\nNot carried over: authorization_flow (")
	})
}

func TestABadPairFileIsAUsageError(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile(pairs("own"))
	require.NoError(t, err)
	at := func(changes ...string) string {
		text := strings.NewReplacer(changes...).Replace(string(own))
		require.NotEqual(t, string(own), text)
		return text
	}
	tests := map[string]struct{ text, says string }{
		"empty":         {"", "it is empty"},
		"a guide":       {"# Integrate with Immich\n\nSome text.", "`ssoproof capture` writes a pair file, a guide is given by --guide"},
		"a later one":   {"version: 2", "this ssoproof reads version 1"},
		"without a URI": {"version: 1\nauthentik:\n  provider: {name: x}\n", "redirect_uris is empty, so there is no login to judge"},
		"an issuer with a port": {at("issuerUrl: https://auth.example.org/", "issuerUrl: https://auth.example.org:9443/"),
			"pair.yaml, line 34: immich.config.oauth.issuerUrl is at port 9443, and a run serves both names at 443 alone; take the port out of every address, or ask `ssoproof doctor` about the pair as it runs"},
		"an http issuer with a port":       {at("issuerUrl: https://auth.example.org/", "issuerUrl: http://auth.example.org:9000/"), "is at port 9000"},
		"Immich with a port":               {at(`externalDomain: "https://photos.example.org"`, `externalDomain: "https://photos.example.org:8443"`), "line 40: immich.config.server.externalDomain is at port 8443"},
		"Immich with a port in regex URIs": {at(`externalDomain: "https://photos.example.org"`, "", `"https://photos.example.org/`, `"https://photos\\.example\\.org:8443/`), "line 17: authentik.provider.redirect_uris[0] is at port 8443"},
		"a secret":                         {"version: 1\nauthentik:\n  provider: {client_secret: s3cret, redirect_uris: [{url: 'https://a.example/auth/login'}]}\n", "a pair file holds no secrets"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fakes(t)
			o.Pair = filepath.Join(t.TempDir(), "pair.yaml")
			require.NoError(t, os.WriteFile(o.Pair, []byte(test.text), 0o600))
			_, err := run.Run(t.Context(), o)
			var usage *run.UsageError
			require.ErrorAs(t, err, &usage)
			assert.Contains(t, err.Error(), "--pair: ")
			assert.Contains(t, err.Error(), test.says)
			assert.NotContains(t, err.Error(), "s3cret")
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// fitsSchema holds a report to its schema.
func fitsSchema(t *testing.T, text string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Report()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("report.schema.json", document))
	compiled, err := compiler.Compile("report.schema.json")
	require.NoError(t, err)
	written, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(written))
}
