package browser_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// script writes an executable that plays a Chrome which does not start.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chrome")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755))
	return path
}

func TestAStartThatFailsSaysWhyInOneLine(t *testing.T) {
	t.Parallel()
	const sandbox = "refuses to start without its sandbox: allow unprivileged user namespaces, or use a Chrome in a container (--browser container)"
	for name, c := range map[string]struct{ path, reason string }{
		"no sandbox":    {script(t, "echo '[1:1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are …' >&2; exit 1"), sandbox},
		"root":          {script(t, "echo '[1:1:ERROR] Running as root without --no-sandbox is not supported.' >&2; exit 1"), sandbox},
		"disk":          {script(t, "echo 'mkdir: No space left on device' >&2; exit 1"), "the disk is full"},
		"something":     {script(t, "echo first >&2; echo 'error while loading shared libraries: libnss3.so' >&2; exit 127"), "; its last line: error while loading shared libraries: libnss3.so"},
		"nothing":       {script(t, "exit 3"), "did not start: "},
		"not there":     {filepath.Join(t.TempDir(), "chrome"), "is not there"},
		"no executable": {os.DevNull, "permission denied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := browser.Start(t.Context(), browser.Options{ExecPath: c.path})
			var failed *browser.StartError
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, c.path, failed.Chrome)
			assert.Contains(t, failed.Reason, c.reason)
			assert.True(t, strings.HasPrefix(err.Error(), "Chrome "+c.path+": "), err)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// The option decides, not chromedp, which would give root a --no-sandbox.
func TestARealChromeAsRootRefusesItsSandbox(t *testing.T) {
	t.Parallel()
	if !browser.NeedsNoSandbox() {
		t.Skip("not root")
	}
	o := options(t)
	o.NoSandbox = false
	_, err := browser.Start(t.Context(), o)
	assert.ErrorContains(t, err, "refuses to start without its sandbox")
}

func TestACancelledStartEndsAtOnce(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { silent.Close() })
	for name, o := range map[string]browser.Options{
		"a Chrome that says nothing":        {ExecPath: script(t, "exec sleep 60")},
		"a remote Chrome that says nothing": {RemoteURL: "http://" + silent.Addr().String()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			begin := time.Now()
			_, err := browser.Start(ctx, o)
			var failed *browser.StartError
			require.ErrorAs(t, err, &failed)
			assert.Contains(t, failed.Reason, "deadline exceeded")
			assert.Less(t, time.Since(begin), 10*time.Second)
		})
	}
}

func TestARemoteChromeThatIsNoneSaysSo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	_, err := browser.Start(t.Context(), browser.Options{RemoteURL: server.URL})
	var failed *browser.StartError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "at "+server.URL, failed.Chrome)
	assert.NotContains(t, err.Error(), "\n")
}

func TestFindTakesTheFirstOfThePath(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := browser.Find()
	if err == nil {
		t.Skip("a Chrome outside of the search path")
	}
	require.ErrorIs(t, err, browser.ErrNoChrome)
	assert.ErrorContains(t, err, "make setup")
	for _, name := range []string{"google-chrome", "chromium", "headless-shell"} { // the last one costs least
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, nil, 0o755))
		found, err := browser.Find()
		require.NoError(t, err)
		assert.Equal(t, path, found)
	}
}
