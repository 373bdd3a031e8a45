package run_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestLeakIsCaught writes a secret of the run, in a form each, into the folder while checks run.
func TestLeakIsCaught(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	const secret = "password-of-a-double" // of both administrators
	for name, test := range map[string]struct{ file, text, want string }{
		"as it is":         {"evidence/run/01-x.log", "it is " + secret + "\n", "evidence/run/01-x.log held a secret (secret) and is withheld"},
		"in base64":        {"evidence/x.json", `{"a":"` + base64.StdEncoding.EncodeToString([]byte("me:"+secret+"!")) + `"}`, "evidence/x.json held a secret (secret) and is withheld"},
		"at the far end":   {"evidence/far", strings.Repeat("x", 3<<20-3) + secret, "evidence/far held a secret (secret) and is withheld"},
		"in a file's name": {"evidence/" + secret + ".jpg", "picture", ".jpg held a secret (secret) and is withheld"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fakes(t, "guide.immich")
			var console bytes.Buffer
			o.Output = &console
			path := filepath.Join(o.Out, test.file)
			o.Ended = func(check.Result) {
				assert.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				assert.NoError(t, os.WriteFile(path, []byte(test.text), 0o600))
			}
			outcome, err := run.Run(t.Context(), o)
			require.NoError(t, err)
			assert.Equal(t, 4, outcome.Verdict.ExitCode())
			assert.Contains(t, strings.Join(strings.Fields(console.String()), " "), test.want)
			kept, err := report.Load(filepath.Join(o.Out, "report.json"))
			require.NoError(t, err)
			assert.Equal(t, report.Inconclusive, kept.Verdict)
			assert.Contains(t, strings.Join(kept.Notes, "\n"), test.want)
			assert.Contains(t, kept.Headline(), "1 file held a secret and is withheld")
			assert.Equal(t, check.Pass, kept.Checks[0].Status, "what was found of the products stays")
			for file, content := range contents(t, o.Out) {
				assert.NotContains(t, file+content, secret, file)
				assert.Less(t, len(content), 1<<20, "%s is withheld", file)
			}
		})
	}
}

// contents are the files below a folder, by their paths.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(data)
		return err
	}))
	return files
}

// TestLeakInTheReportIsCaught holds that a report is withheld as any other file, and what is rendered of it.
func TestLeakInTheReportIsCaught(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t, "guide.immich")
	o.Command = []string{"ssoproof", "run", "password-of-a-double"}
	outcome, err := run.Run(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, 4, outcome.Verdict.ExitCode())
	files := contents(t, o.Out)
	assert.Equal(t, "report.json held a secret (secret) and is withheld\n", files["/report.json"])
	for file, content := range files {
		assert.NotContains(t, content, "password-of-a-double", file)
	}
}

// TestLeakBeforeAnUpgradeIsOneOfIt holds that a secret in the bundle of the pair before ends the whole upgrade.
func TestLeakBeforeAnUpgradeIsOneOfIt(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := upgradeOf(t, "2025.8.1,v2.7.5", "2025.8.1,v3.1.0", "discovery.issuer")
	var once sync.Once
	o.Ended = func(check.Result) {
		once.Do(func() {
			assert.NoError(t, os.WriteFile(filepath.Join(o.Out, report.BeforeDir, "summary.log"), []byte("password-of-a-double"), 0o600))
		})
	}
	outcome, err := run.Upgrade(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, 4, outcome.Verdict.ExitCode())
	kept, err := report.Load(filepath.Join(o.Out, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, []string{"before/summary.log"}, kept.Run.Withheld)
}
