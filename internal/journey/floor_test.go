package journey_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// The floor of BenchmarkLogin is the least that a login in Chrome costs. A script in the pages acts as soon as it can, and
// nothing is drawn; DevTools is asked for a tab, the login page, the event of arriving in Immich and the cookies, and to wipe
// the profile, which keeps its cache and its process as those of sessions do. Nothing is polled, recorded or held back.

//go:embed testdata/floor.js
var floorScript string

// devtools is a bare connection to a Chrome.
type devtools struct {
	b       *testing.B
	conn    *websocket.Conn
	last    int    // ID of the newest command
	profile string // the browser context of all logins
}

type object = map[string]any

// devtools connects to the stack's Chrome where it is in a container, else to one that is started like it.
func (p *pair) devtools(b *testing.B) *devtools {
	b.Helper()
	address, wait := p.stack.Browser().RemoteURL, func() error { return nil }
	if address == "" {
		address, wait = p.startRemoteChrome(b)
	}
	response, err := http.Get(address + "/json/version")
	require.NoError(b, err)
	defer response.Body.Close()
	var version struct{ WebSocketDebuggerURL string }
	require.NoError(b, json.NewDecoder(response.Body).Decode(&version))
	conn, _, err := websocket.Dial(b.Context(), version.WebSocketDebuggerURL, nil)
	require.NoError(b, err)
	conn.SetReadLimit(-1)
	d := &devtools{b: b, conn: conn}
	b.Cleanup(func() {
		if p.stack.Browser().RemoteURL == "" {
			_ = wsjson.Write(context.Background(), conn, object{"id": d.last + 1, "method": "Browser.close"})
		}
		_ = wait()
		_ = conn.CloseNow()
	})
	d.profile = d.call("", "Target.createBrowserContext", object{"disposeOnDetach": true})["browserContextId"].(string)
	d.openTab() // it keeps the process that has compiled the scripts
	return d
}

// startRemoteChrome starts a Chrome with a port for DevTools; wait waits for its end.
func (p *pair) startRemoteChrome(b *testing.B) (address string, wait func() error) {
	b.Helper()
	path, err := browser.Find()
	require.NoError(b, err)
	folder, own := b.TempDir(), p.stack.Browser()
	args := append(browser.Flags(), "--headless", "--remote-debugging-port=0", "--user-data-dir="+folder,
		"--host-resolver-rules="+own.HostRules, "--ignore-certificate-errors-spki-list="+own.SPKI)
	if browser.NeedsNoSandbox() {
		args = append(args, "--no-sandbox")
	}
	command := exec.Command(path, args...)
	require.NoError(b, command.Start())
	var port string
	require.Eventually(b, func() bool {
		file, err := os.ReadFile(filepath.Join(folder, "DevToolsActivePort"))
		port, _, _ = strings.Cut(string(file), "\n")
		return err == nil && port != ""
	}, time.Minute, 100*time.Millisecond)
	return "http://127.0.0.1:" + port, command.Wait
}

// message is an answer or an event.
type message struct {
	ID            int
	Method        string
	Params        object
	Result, Error object
}

// call sends a command, to a tab where session is not empty, and returns its answer.
func (d *devtools) call(session, method string, params object) object {
	d.b.Helper()
	d.last++
	command := object{"id": d.last, "method": method, "params": params}
	if session != "" {
		command["sessionId"] = session
	}
	require.NoError(d.b, wsjson.Write(d.b.Context(), d.conn, command))
	answer := d.wait(func(m message) bool { return m.ID == d.last })
	require.Empty(d.b, answer.Error, method)
	return answer.Result
}

// wait reads until a message comes that match accepts.
func (d *devtools) wait(match func(message) bool) message {
	d.b.Helper()
	ctx, cancel := context.WithTimeout(d.b.Context(), time.Minute)
	defer cancel()
	for {
		var m message
		require.NoError(d.b, wsjson.Read(ctx, d.conn, &m))
		if match(m) {
			return m
		}
	}
}

func (d *devtools) openTab() string {
	return d.call("", "Target.createTarget", object{"url": "about:blank", "browserContextId": d.profile})["targetId"].(string)
}

// login logs a person in and returns the cookies by name.
func (d *devtools) login(w *journey.World, user authentik.User) map[string]string {
	tab := d.openTab()
	s := d.call("", "Target.attachToTarget", object{"targetId": tab, "flatten": true})["sessionId"].(string)
	d.call(s, "Page.enable", object{})
	args, err := json.Marshal([]string{w.ButtonText, user.Username, user.Password})
	require.NoError(d.b, err)
	d.call(s, "Page.addScriptToEvaluateOnNewDocument", object{"source": "(" + floorScript + ")(..." + string(args) + ")"})
	d.call(s, "Page.navigate", object{"url": w.RedirectURI(journey.LoginPath) + "?autoLaunch=0"})
	d.wait(func(m message) bool {
		address, _ := m.Params["url"].(string)
		return m.Method == "Page.navigatedWithinDocument" &&
			(strings.HasPrefix(address, w.RedirectURI("/photos")) || strings.HasPrefix(address, w.RedirectURI("/auth/onboarding")))
	})
	cookies := map[string]string{}
	for _, c := range d.call("", "Storage.getCookies", object{"browserContextId": d.profile})["cookies"].([]any) {
		cookies[c.(object)["name"].(string)] = c.(object)["value"].(string)
	}
	d.call(s, "Page.navigate", object{"url": "about:blank"})
	for _, origin := range []string{w.ImmichURL, w.AuthentikURL} {
		d.call(s, "Storage.clearDataForOrigin", object{"origin": origin, "storageTypes": "all"})
	}
	d.call("", "Storage.clearCookies", object{"browserContextId": d.profile})
	d.call("", "Target.closeTarget", object{"targetId": tab})
	return cookies
}
