package browser_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// marked starts a Chrome whose process can be told from others; it has no name to resolve, so the mark means nothing.
func marked(t *testing.T, mark string) *browser.Browser {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("processes are looked up in /proc")
	}
	o := options(t)
	o.HostRules += ", MAP " + mark + ".invalid ~NOTFOUND"
	b, err := browser.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	require.NotEmpty(t, processes(t, mark))
	return b
}

// processes are those whose command line has the mark; the first one is Chrome itself.
func processes(t *testing.T, mark string) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range files {
		command, _ := os.ReadFile(file)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		switch {
		case !bytes.Contains(command, []byte(mark)):
		case bytes.Contains(command, []byte("--type=")):
			pids = append(pids, pid)
		default:
			pids = append([]int{pid}, pids...)
		}
	}
	return pids
}

func TestCloseLeavesNoProcess(t *testing.T) {
	t.Parallel()
	b := marked(t, "mark-close")
	s, err := b.Session(t.Context())
	require.NoError(t, err)
	s.Close()
	b.Close()
	assert.Eventually(t, func() bool { return len(processes(t, "mark-close")) == 0 }, long, 100*time.Millisecond)
}

// A context that ends does not take Chrome with it: sessions are closed and wiped after an interrupt, too.
func TestChromeOutlivesTheContextThatStartedIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b, err := browser.Start(ctx, options(t))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	cancel()
	s, err := b.Session(t.Context())
	require.NoError(t, err)
	s.Close()
}

func TestAWaitEndsWhenChromeIsKilled(t *testing.T) {
	t.Parallel()
	b := marked(t, "mark-kill")
	s, err := b.Session(t.Context())
	require.NoError(t, err)
	ended := map[string]chan error{}
	for name, wait := range waits() {
		end := make(chan error, 1)
		ended[name] = end
		go func() { end <- wait(t.Context(), s) }()
	}
	chrome, err := os.FindProcess(processes(t, "mark-kill")[0])
	require.NoError(t, err)
	require.NoError(t, chrome.Kill())
	for name, end := range ended {
		err := <-end
		assert.ErrorIs(t, err, browser.ErrGone, name)
		assert.ErrorContains(t, err, "Chrome ended by itself", name)
		assert.NotErrorIs(t, err, context.Canceled, name)
	}
	begin := time.Now()
	s.Close()
	_, err = b.Session(t.Context())
	assert.ErrorIs(t, err, browser.ErrGone)
	b.Close()
	assert.Less(t, time.Since(begin), 10*time.Second, "there is nothing to wait for")
}

func TestAWaitEndsWhenTheTabCrashes(t *testing.T) {
	t.Parallel()
	b := marked(t, "mark-crash")
	s, err := b.Session(t.Context())
	require.NoError(t, err)
	go func() { _ = s.Open(t.Context(), "chrome://crash") }()
	_, err = s.See(within(t, long), never)
	assert.ErrorIs(t, err, browser.ErrGone)
	assert.ErrorContains(t, err, "its tab crashed")
	s.Close()
	other, err := b.Session(t.Context())
	require.NoError(t, err, "Chrome itself goes on")
	other.Close()
}
