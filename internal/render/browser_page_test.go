package render_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// probe notes whatever a browser's console would show, and what was asked of the network.
const probe = `<script>
	const said = [];
	addEventListener('error', (e) => said.push(e.message));
	addEventListener('unhandledrejection', (e) => said.push(String(e.reason)));
	addEventListener('securitypolicyviolation', (e) => said.push(e.violatedDirective + ' ' + e.blockedURI));
	for (const level of ['error', 'warn']) console[level] = (...all) => said.push(all.join(' '));
	function tell(all) {
		const out = document.createElement('pre');
		out.id = 'out';
		out.textContent = all.join('\n') || 'nothing';
		document.body.append(out);
	}
</script>`

// complain tells what the probe has noted, once the page is there.
const complain = `<script>addEventListener('load', () => tell(said.concat(performance.getEntriesByType('resource')
	.map((e) => e.name).filter((name) => !name.startsWith(location.origin + '/evidence/')))))</script>`

// page serves one page, with what a test adds to its head, and opens it in a session of its own.
type page struct {
	*browser.Session
	url   string
	mu    sync.Mutex
	asked []string
}

func openPage(t *testing.T, chrome *browser.Browser, html, head, fragment string) *page {
	t.Helper()
	p := &page{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.URL.Path)
		p.mu.Unlock()
		if r.URL.Path != "/report.html" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(strings.Replace(html, "<head>", "<head>"+head, 1)))
	}))
	t.Cleanup(server.Close)
	s, err := chrome.Session(t.Context())
	require.NoError(t, err)
	t.Cleanup(s.Close)
	p.Session, p.url = s, server.URL
	ctx := within(t)
	err = s.Open(ctx, p.url+"/report.html"+fragment)
	for err != nil && s.Disturbed() != nil && ctx.Err() == nil { // containers come and go on this machine
		err = s.Open(ctx, p.url+"/report.html"+fragment)
	}
	require.NoError(t, err)
	return p
}

// requests are the paths that the page asked for.
func (p *page) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.asked...)
}

// sees waits until the page shows what a selector stands for.
func (p *page) sees(t *testing.T, css string) {
	t.Helper()
	_, err := p.See(within(t), browser.Control{Name: css, CSS: css})
	require.NoError(t, err)
}

// says waits for the whole text of an element.
func (p *page) says(t *testing.T, css, text string) {
	t.Helper()
	if _, err := p.See(within(t), browser.Control{Name: css, CSS: css, Text: text, Hidden: true}); err != nil {
		said, _ := p.Read(within(t), browser.Control{Name: css, CSS: css, Hidden: true})
		require.NoErrorf(t, err, "%s says %q, not %q", css, said, text)
	}
}

// told waits for what the probe has to tell.
func (p *page) told(t *testing.T) string {
	t.Helper()
	text, err := p.Read(within(t), browser.Control{Name: "what the probe tells", CSS: "#out", Hidden: true})
	require.NoError(t, err)
	return text
}

// checks are the rows that the page shows.
func (p *page) checks(t *testing.T) []string {
	t.Helper()
	ids, err := p.ReadAll(within(t), browser.Control{CSS: ".row:not([hidden]) > .body", Hidden: true}, "id")
	require.NoError(t, err)
	return ids
}

// within is enough for a busy machine.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func startChrome(t *testing.T) *browser.Browser {
	t.Helper()
	path, err := browser.Find()
	if err != nil {
		t.Skip(err)
	}
	chrome, err := browser.Start(t.Context(), browser.Options{
		ExecPath: path, HostRules: "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", NoSandbox: browser.NeedsNoSandbox(),
	})
	require.NoError(t, err)
	t.Cleanup(chrome.Close)
	return chrome
}
