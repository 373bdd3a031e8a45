package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

func TestLoadRefusesWhatIsNoReport(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"schemaVersion": 7}`:                        " has schemaVersion 7; this ssoproof reads 1",
		`{"schemaVersion": 7, "run": "another form"}`: " has schemaVersion 7; this ssoproof reads 1",
		`{"schemaVersion": 1}`:                        " is not a report: it has no verdict",
		`{"schemaVersion": 1, "run": "x"}`:            " is not a report: json: ",
		`{"verdict": "conformant"}`:                   " is not a report: it has no schemaVersion",
		`{"schemaVersion": 1, "run": {"id": "2026`:    " is cut off: its JSON does not end within its 40 bytes",
		`{"schemaVersion": 1,}`:                       " is not a report: invalid character",
		``:                                            " is not a report: it is empty",
		`[]`:                                          " is not a report: ",
		`<html></html>`:                               " is not a report: invalid character",
	} {
		path := filepath.Join(t.TempDir(), "report.json")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := report.Load(path)
		assert.ErrorContains(t, err, path+want, content)
	}
}

// TestLoadTakesNoPrefix cuts a report at every byte: what is read is the whole of it or nothing.
func TestLoadTakesNoPrefix(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := reporttest.Sample()
	r.Checks = r.Checks[:1]
	w, err := report.Open(dir, *r)
	require.NoError(t, err)
	require.NoError(t, w.Close(report.Violation))
	path := filepath.Join(dir, "report.json")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for n := 1; n < len(data)-1; n += 7 { // the last byte is the line's end
		require.NoError(t, os.WriteFile(path, data[:n], 0o600))
		_, err := report.Load(path)
		assert.ErrorContains(t, err, "is cut off", "after %d bytes", n)
	}
}

func TestLoadTakesTheDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := report.Open(dir, *reporttest.Sample())
	require.NoError(t, err)
	for _, path := range []string{dir, filepath.Join(dir, "report.json")} {
		r, err := report.Load(path)
		require.NoError(t, err)
		assert.Equal(t, reporttest.Sample().Run.ID, r.Run.ID)
	}
	_, err = report.Load(t.TempDir())
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestLoadEndsWithWhatDoesNot(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no /dev/zero here")
	}
	_, err := report.Load("/dev/zero")
	assert.ErrorContains(t, err, "/dev/zero is larger than any report")
}

func TestLoadReadsTheFirstSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"schemaVersion": 1, "verdict": "conformant", "stack": {"kind": "containers"},
		"plan": {"checks": ["a", "b", "c"], "excluded": [
			{"id": "x", "reason": "not selected by --only"}, {"id": "y", "reason": "turned off by --skip"}, {"id": "z", "reason": "not here"}]},
		"checks": [
			{"id": "a", "level": "must", "status": "fail", "reason": "blocked by design"},
			{"id": "b", "level": "must", "status": "skip", "reason": "blocked by a, c[k=1]"},
			{"id": "c", "level": "must", "status": "inconclusive", "reason": "not begun: interrupted"}]}`), 0o600))
	r, err := report.Load(path)
	require.NoError(t, err)
	assert.Equal(t, report.Partial, r.Verdict, "a selection is no longer called conformant")
	assert.Equal(t, report.SchemaVersion, r.SchemaVersion)
	var why []report.Why
	for _, e := range r.Plan.Excluded {
		why = append(why, e.Why)
	}
	assert.Equal(t, []report.Why{report.NotSelected, report.TurnedOff, report.NotApplicable}, why)
	assert.Empty(t, r.Checks[0].BlockedBy)
	assert.Equal(t, []string{"a", "c[k=1]"}, r.Checks[1].BlockedBy)
	assert.True(t, r.Checks[2].NotBegun)
}
