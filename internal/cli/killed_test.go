//go:build linux

package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// TestChromeThatIsKilledBlamesNobody kills it in the middle of a check, as a machine without memory does.
func TestChromeThatIsKilledBlamesNobody(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	out := t.TempDir()
	p := begin(t, "", "run", "--stack", "fake", "--out", out, "--only", "guide.*,login.web.*,redirect.documented")
	p.await("pass            redirect.documented")
	for _, id := range processes(t, p.temp) { // Debian's is the child of a script
		_ = syscall.Kill(id, syscall.SIGKILL)
	}
	assert.Equal(t, 4, p.end().ExitCode(), p.stderr.String())
	r, err := report.Load(filepath.Join(out, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, report.Inconclusive, r.Verdict)
	require.Len(t, r.Checks, len(r.Plan.Checks), "the report is whole")
	gone := 0
	for _, c := range r.Checks {
		assert.NotContains(t, []check.Status{check.Fail, check.Error}, c.Status, "%s: %s", c.Name(), c.Reason)
		if c.Status == check.Inconclusive {
			gone++
			assert.Regexp(t, `Chrome ended by itself|lost the connection to the browser`, c.Reason, c.Name())
		}
	}
	assert.Positive(t, gone)
	assert.FileExists(t, filepath.Join(out, "report.html"))
}

func TestKilledRunLeavesAReport(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	out := t.TempDir()
	p := begin(t, "", "run", "--stack", "fake", "--out", out)
	p.await("pass ")
	p.signal(syscall.SIGKILL)
	p.end()
	assert.Equal(t, report.Interrupted, verdictOf(t, out))
	r, err := report.Load(filepath.Join(out, "report.json"))
	require.NoError(t, err)
	assert.NotEmpty(t, r.Checks, "what was judged is kept")
}

// What a killed run has left goes, and what another one uses stays. The Chrome is started by a script, as Debian's is.
func TestDownAllRemovesWhatAKilledRunLeft(t *testing.T) {
	t.Parallel()
	chrome, err := browser.Find()
	if err != nil {
		t.Skip(err)
	}
	path := t.TempDir()
	script := "#!/bin/sh\n" + chrome + " \"$@\" &\nwait\n"
	require.NoError(t, os.WriteFile(filepath.Join(path, "headless-shell"), []byte(script), 0o755))
	path += ":" + os.Getenv("PATH")
	p := begin(t, path, "run", "--stack", "fake", "--out", t.TempDir())
	p.await("pass ")
	p.signal(syscall.SIGKILL)
	for p.lines.Scan() {
	}
	_ = p.command.Wait()
	alive := begin(t, "", "run", "--stack", "fake", "--out", t.TempDir())
	alive.await("pass ")

	var said bytes.Buffer
	down := exec.CommandContext(t.Context(), "ssoproof", "stack", "down", "--all")
	down.Env = append(down.Environ(), "TMPDIR="+p.temp, "DOCKER_HOST=tcp://127.0.0.1:1") // no stacks of this machine
	down.Stdout, down.Stderr = &said, &said
	_ = down.Run() // it says that no engine answers
	assert.Regexp(t, `^(ended a Chrome of a killed run \([0-9]+ processes\)\n)?removed `+p.temp+`/ssoproof-chrome-[-0-9]+\nssoproof: `, said.String())
	assert.Equal(t, 3, down.ProcessState.ExitCode())
	assert.Empty(t, processes(t, p.temp))
	left, err := filepath.Glob(filepath.Join(p.temp, "ssoproof-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.NotEmpty(t, processes(t, alive.temp), "the Chrome of another run goes on")
	alive.signal(os.Interrupt)
	assert.Equal(t, 5, alive.end().ExitCode())
}

func TestDiskThatFillsUp(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	out := t.TempDir()
	if err := syscall.Mount("tmpfs", out, "tmpfs", 0, "size=96k"); err != nil {
		t.Skip("needs a file system of its own: ", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(out, syscall.MNT_DETACH)) })
	p := begin(t, "", "run", "--stack", "fake", "--out", out)
	assert.Equal(t, 4, p.end().ExitCode())
	assert.Equal(t, "ssoproof: cannot write the output directory "+out+": no space left on device; name another one with --out\n", p.stderr.String())
	assert.Equal(t, report.Interrupted, verdictOf(t, out), "the last whole report says that it is not the end")
}
