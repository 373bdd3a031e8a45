//go:build linux

package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/report"
)

// process is a running ssoproof.
type process struct {
	t       *testing.T
	command *exec.Cmd
	lines   *bufio.Scanner // of standard output
	stderr  bytes.Buffer
	temp    string // where it keeps temporary files; names its Chrome
}

// begin starts ssoproof with a search path; empty: the test's own.
func begin(t *testing.T, path string, args ...string) *process {
	t.Helper()
	p := &process{t: t, temp: t.TempDir(), command: exec.CommandContext(t.Context(), "ssoproof", args...)}
	p.command.Dir = t.TempDir()
	p.command.Env = append(p.command.Environ(), "TMPDIR="+p.temp, "CI=", "GITHUB_ACTIONS=")
	if path != "" {
		p.command.Env = append(p.command.Env, "PATH="+path)
	}
	p.command.Stderr = &p.stderr
	out, err := p.command.StdoutPipe()
	require.NoError(t, err)
	p.lines = bufio.NewScanner(out)
	require.NoError(t, p.command.Start())
	return p
}

// await reads standard output up to a line that begins so.
func (p *process) await(prefix string) {
	p.t.Helper()
	for p.lines.Scan() {
		if strings.HasPrefix(p.lines.Text(), prefix) {
			return
		}
	}
	require.FailNow(p.t, "no line begins with "+prefix, p.stderr.String())
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.command.Process.Signal(s))
}

// end waits for the end of the process and of its Chrome.
func (p *process) end() *os.ProcessState {
	p.t.Helper()
	for p.lines.Scan() { // until the pipe ends
	}
	_ = p.command.Wait() // the state says more
	assert.Eventually(p.t, func() bool { return len(processes(p.t, p.temp)) == 0 }, 20*time.Second, 100*time.Millisecond,
		"its Chrome is still there")
	return p.command.ProcessState
}

// processes are those whose command line mentions a folder.
func processes(t *testing.T, folder string) []int {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var ids []int
	for _, path := range found {
		line, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(line, []byte(folder)) {
			continue
		}
		if id, err := strconv.Atoi(strings.Split(path, "/")[2]); err == nil && id != os.Getpid() {
			ids = append(ids, id)
		}
	}
	return ids
}

func needsChrome(t *testing.T) {
	t.Helper()
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
}

func verdictOf(t *testing.T, dir string) report.Verdict {
	t.Helper()
	r, err := report.Load(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	return r.Verdict
}

func TestInterruptWhileJudgingWritesTheReport(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		out := t.TempDir()
		p := begin(t, "", "run", "--stack", "fake", "--out", out)
		p.await("pass ")
		p.signal(signal)
		assert.Equal(t, 5, p.end().ExitCode())
		assert.Regexp(t, `^ssoproof: stopping; .*\nssoproof: interrupted; the report so far is in `+out+`\n$`, p.stderr.String())
		assert.Equal(t, report.Interrupted, verdictOf(t, out))
		assert.FileExists(t, filepath.Join(out, "junit.xml"))
	}
}

func TestInterruptWhileChromeIsWaitedFor(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	p := begin(t, silentChrome(t), "run", "--stack", "fake", "--out", out)
	p.await("stack ")
	p.signal(os.Interrupt)
	assert.Equal(t, 5, p.end().ExitCode())
	assert.Equal(t, report.Interrupted, verdictOf(t, out))
}

// silentChrome is a search path with a Chrome that says nothing and does not end.
func silentChrome(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	silence := filepath.Join(folder, "silence")
	require.NoError(t, syscall.Mkfifo(silence, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "chromium"), []byte("#!/bin/sh\nread nothing < "+silence+"\n"), 0o755))
	return folder
}

// TestTermAfterAnInterruptDoesNotKill is a job that a CI system cancels: it sends INT and, some seconds later, TERM.
func TestTermAfterAnInterruptDoesNotKill(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	out := t.TempDir()
	p := begin(t, "", "run", "--stack", "fake", "--out", out)
	p.await("configure ")
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGTERM, syscall.SIGHUP} {
		p.signal(s)
	}
	assert.Equal(t, 5, p.end().ExitCode(), p.stderr.String())
	assert.Equal(t, report.Interrupted, verdictOf(t, out))
	assert.FileExists(t, filepath.Join(out, "report.html"))
	assert.Equal(t, 1, strings.Count(p.stderr.String(), "ssoproof: stopping; press Ctrl-C again to leave at once"))
}

// TestBrokenSocketEndsNothing keeps the signal of a connection whose other end is gone from ending a run.
func TestBrokenSocketEndsNothing(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	out := t.TempDir()
	p := begin(t, "", "run", "--stack", "fake", "--only", "guide.*", "--out", out)
	p.await("stack ")
	p.signal(syscall.SIGPIPE)
	assert.Equal(t, 0, p.end().ExitCode(), p.stderr.String())
	assert.Equal(t, report.FakesOK, verdictOf(t, out))
}

// TestOutputThatNobodyReadsEndsInOrder is "ssoproof run | head -3".
func TestOutputThatNobodyReadsEndsInOrder(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	out, temp := t.TempDir(), t.TempDir()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "ssoproof", "run", "--stack", "fake", "--out", out)
	command.Env = append(command.Environ(), "TMPDIR="+temp, "CI=", "GITHUB_ACTIONS=")
	command.Stdout = write
	require.NoError(t, command.Start())
	require.NoError(t, write.Close())
	_, err = read.Read(make([]byte, 10))
	require.NoError(t, err)
	require.NoError(t, read.Close())
	_ = command.Wait() // the state says more
	assert.Equal(t, 5, command.ProcessState.ExitCode())
	assert.Equal(t, report.Interrupted, verdictOf(t, out))
	assert.Empty(t, processes(t, temp), "its Chrome is still there")
}

func TestSecondInterruptKillsAtOnce(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	p := begin(t, "", "run", "--stack", "fake", "--out", t.TempDir())
	p.await("configure ")
	chrome := p.chrome()
	require.NoError(t, syscall.Kill(chrome, syscall.SIGSTOP)) // a Chrome that does not answer holds up an end in order
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for p.lines.Scan() { // until the pipe ends, with the process
		}
	}()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for began := time.Now(); ; {
		select {
		case <-again.C:
			_ = p.command.Process.Signal(os.Interrupt) // an error once it is gone
		case <-ended:
			assert.Less(t, time.Since(began), 5*time.Second, "an end in order gives Chrome twice as long")
			status, ok := p.end().Sys().(syscall.WaitStatus)
			require.True(t, ok)
			assert.True(t, status.Signaled(), "exit code %d", status.ExitStatus())
			return
		}
	}
}

// chrome is the main process of its Chrome.
func (p *process) chrome() int {
	p.t.Helper()
	for _, id := range processes(p.t, p.temp) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
		require.NoError(p.t, err)
		_, fields, _ := strings.Cut(string(stat), ") ")
		if strings.Fields(fields)[1] == strconv.Itoa(p.command.Process.Pid) {
			return id
		}
	}
	require.FailNow(p.t, "it has no Chrome")
	return 0
}
