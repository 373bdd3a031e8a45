package browser_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
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

func TestARemoteChromeIsUsedAndLeftAsItWas(t *testing.T) {
	t.Parallel()
	o := options(t)
	args := append(browser.Flags(), "--headless", "--remote-debugging-port=0", "--user-data-dir="+t.TempDir(),
		"--host-resolver-rules="+o.HostRules, "--ignore-certificate-errors-spki-list="+o.SPKI)
	if o.NoSandbox {
		args = append(args, "--no-sandbox")
	}
	command := exec.Command(o.ExecPath, args...)
	output, err := command.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt) // it takes its children along
		_ = command.Wait()
	})
	remote := ""
	lines := bufio.NewScanner(output)
	for remote == "" && lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "DevTools listening on ws://"); ok {
			host, _, _ := strings.Cut(address, "/")
			remote = "http://" + host
		}
	}
	require.NotEmpty(t, remote)
	go func() {
		for lines.Scan() { // or it would block
		}
	}()

	site := serve(t, map[string]string{"/": `<p id="out">here</p>`})
	for range 2 {
		b, err := browser.Start(t.Context(), browser.Options{RemoteURL: remote})
		require.NoError(t, err)
		s, err := b.Session(t.Context())
		require.NoError(t, err)
		show(t, s, site.url+"/")
		says(t, s, "here")
		s.Close()
		b.Close()
		assert.Eventually(t, func() bool { return len(tabs(t, remote)) <= 1 }, long, 100*time.Millisecond, "its own tab only")
	}
}

// tabs are the pages that a Chrome with a debugging port has open.
func tabs(t *testing.T, remote string) []string {
	t.Helper()
	response, err := http.Get(remote + "/json/list")
	require.NoError(t, err)
	defer response.Body.Close()
	var pages []string
	scan := bufio.NewScanner(response.Body)
	for scan.Scan() {
		if strings.Contains(scan.Text(), `"type": "page"`) {
			pages = append(pages, scan.Text())
		}
	}
	return pages
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
