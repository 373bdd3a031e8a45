package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

func TestAKillLosesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "results", "x")
	r := *reporttest.Sample()
	results := r.Checks
	r.Checks = nil
	w, err := report.Open(dir, r)
	require.NoError(t, err)
	for i, result := range results {
		require.NoError(t, w.Add(result))
		got, err := report.Load(filepath.Join(dir, "report.json"))
		require.NoError(t, err)
		assert.Len(t, got.Checks, i+1)
		assert.Equal(t, report.Interrupted, got.Verdict, "a run that has not ended claims nothing")
	}
	require.NoError(t, w.Phase("judge", 1500*time.Millisecond))
	got, err := report.Load(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, report.Phase{Name: "judge", Seconds: 1.5}, got.Run.Phases[len(got.Run.Phases)-1])
	assert.Positive(t, got.Run.Seconds)
}

func TestReaderNeverSeesHalfAReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := report.Open(dir, report.Report{Run: report.Run{Started: time.Now()}})
	require.NoError(t, err)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 25 {
				assert.NoError(t, w.Add(reporttest.Sample().Checks[2]))
			}
		})
	}
	ended := make(chan struct{})
	go func() { writers.Wait(); close(ended) }()
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
		}
		data, err := os.ReadFile(filepath.Join(dir, "report.json"))
		require.NoError(t, err)
		require.True(t, json.Valid(data))
	}
	assert.Len(t, w.Report().Checks, 100)
}

func TestCloseSortsInTheOrderOfThePlan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := *reporttest.Sample()
	for i, j := 0, len(r.Checks)-1; i < j; i, j = i+1, j-1 { // they end in any order
		r.Checks[i], r.Checks[j] = r.Checks[j], r.Checks[i]
	}
	w, err := report.Open(dir, r)
	require.NoError(t, err)
	require.NoError(t, w.Close(report.Violation))
	got, err := report.Load(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, report.Violation, got.Verdict)
	var names []string
	for _, c := range got.Checks {
		names = append(names, c.Name())
	}
	assert.Equal(t, r.Plan.Checks, names)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	names = nil
	for _, e := range entries {
		names = append(names, e.Name())
	}
	assert.ElementsMatch(t, []string{"report.json"}, names, "and no more")
}

func TestOpenClearsWhatAnEarlierRunLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := report.Open(dir, *reporttest.Sample())
	require.NoError(t, err)
	stale := filepath.Join(dir, "evidence", "login.web.first", "01-old.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(stale), 0o755))
	for _, path := range []string{stale, filepath.Join(dir, "junit.xml")} {
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	}
	_, err = report.Open(dir, *reporttest.Sample())
	require.NoError(t, err, "the mark of this very process is none of another run")
	assert.NoFileExists(t, filepath.Join(dir, "junit.xml"))
	assert.NoFileExists(t, stale)
	require.NoError(t, first.Close(report.Violation))
}

func TestOpenRefusesAFolderOfSomethingElse(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"thesis.txt": "it holds thesis.txt, which is not a file of a run; name another one with --out",
		"junit.xml":  "it holds junit.xml and no report.json, so it is not the folder of an earlier run; name another one with --out",
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600))
		_, err := report.Open(dir, *reporttest.Sample())
		var refused *report.DirError
		require.ErrorAs(t, err, &refused)
		assert.ErrorContains(t, err, want)
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, "mine", string(data))
		assert.NoFileExists(t, filepath.Join(dir, "report.json"))
	}
}

func TestOpenRefusesAFolderThatAnotherRunWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock := filepath.Join(dir, ".ssoproof.lock")
	require.NoError(t, os.WriteFile(lock, []byte(strconv.Itoa(os.Getppid())+"\n"), 0o600))
	_, err := report.Open(dir, *reporttest.Sample())
	assert.ErrorContains(t, err, fmt.Sprintf("another run writes it just now (process %d); name another one with --out", os.Getppid()))

	require.NoError(t, os.WriteFile(lock, []byte("4194305\n"), 0o600)) // more than any process has
	w, err := report.Open(dir, *reporttest.Sample())
	require.NoError(t, err, "a run that was killed holds nothing")
	require.NoError(t, w.Close(report.Violation))
	assert.NoFileExists(t, lock)
}

func TestOpenSaysWhyADirectoryCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := report.Open(filepath.Join(file, "out"), *reporttest.Sample())
	var dirErr *report.DirError
	require.ErrorAs(t, err, &dirErr)
	assert.EqualError(t, err, "cannot write the output directory "+filepath.Join(file, "out")+
		": not a directory; name another one with --out")
}

func TestLatest(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for _, name := range []string{"first", "second"} {
		dir := filepath.Join(parent, name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte(name), 0o600))
		require.NoError(t, report.Latest(dir))
		data, err := os.ReadFile(filepath.Join(parent, "latest", "report.json"))
		require.NoError(t, err)
		assert.Equal(t, name, string(data))
	}
	entries, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, entries, 3)
	assert.NoError(t, report.Latest(filepath.Join(parent, "latest")), "a run may be written there itself")
}

func TestLatestLeavesADirectoryOfThatNameAlone(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(parent, "latest", "mine"), 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(parent, "run"), 0o700))
	assert.Error(t, report.Latest(filepath.Join(parent, "run")))
	assert.DirExists(t, filepath.Join(parent, "latest", "mine"))
}

func TestReportIsACopy(t *testing.T) {
	t.Parallel()
	w, err := report.Open(t.TempDir(), *reporttest.Sample())
	require.NoError(t, err)
	copied := w.Report()
	copied.Checks[0].Status = check.Fail
	assert.Equal(t, check.Pass, w.Report().Checks[0].Status)
}
