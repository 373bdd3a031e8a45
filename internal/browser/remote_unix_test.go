//go:build unix

package browser_test

import (
	"bufio"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

func TestARemoteChromeIsUsedAndLeftAsItWas(t *testing.T) {
	t.Parallel()
	o := options(t)
	args := append(browser.Flags(), "--headless", "--remote-debugging-port=0", "--user-data-dir="+t.TempDir(),
		"--host-resolver-rules="+o.HostRules, "--ignore-certificate-errors-spki-list="+o.SPKI)
	if o.NoSandbox {
		args = append(args, "--no-sandbox")
	}
	command := exec.Command(o.ExecPath, args...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what is found may be a script that starts it
	output, err := command.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGTERM)
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
