package browser_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// chrome is one Chrome for all tests that leave it whole.
var chrome struct {
	once sync.Once
	*browser.Browser
	err error
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(closing{m}) }

// closing closes the shared Chrome before leaks are looked for.
type closing struct{ *testing.M }

func (c closing) Run() int {
	code := c.M.Run()
	if chrome.Browser != nil {
		chrome.Close()
	}
	return code
}

// options start the Chrome of this machine: it reaches the sites of these tests and nothing else.
func options(t *testing.T) browser.Options {
	t.Helper()
	path, err := browser.Find()
	if err != nil {
		t.Skip(err)
	}
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	key := sha256.Sum256(server.Certificate().RawSubjectPublicKeyInfo) // the same for every server of httptest
	return browser.Options{
		ExecPath: path, HostRules: "MAP *.test 127.0.0.1, MAP * ~NOTFOUND", NoSandbox: browser.NeedsNoSandbox(),
		SPKI: base64.StdEncoding.EncodeToString(key[:]),
	}
}

// open opens a session in the shared Chrome.
func open(t *testing.T) *browser.Session {
	t.Helper()
	o := options(t)
	chrome.once.Do(func() { chrome.Browser, chrome.err = browser.Start(context.Background(), o) })
	require.NoError(t, chrome.err)
	s, err := chrome.Session(t.Context())
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// site is a few pages over TLS, and what was asked of them.
type site struct {
	url string // https://site.test:PORT
	mu  sync.Mutex
	hit []string
}

// serve serves pages by path; a page without markup around it gets none.
func serve(t *testing.T, pages map[string]string) *site {
	t.Helper()
	return handle(t, func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
		}
		_, _ = w.Write([]byte(page))
	})
}

func handle(t *testing.T, handler http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.hit = append(s.hit, r.URL.RequestURI())
		s.mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = strings.Replace(server.URL, "127.0.0.1", "site.test", 1)
	return s
}

// hits are the requests for a path.
func (s *site) hits(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, uri := range s.hit {
		if p, _, _ := strings.Cut(uri, "?"); p == path {
			n++
		}
	}
	return n
}

// within bounds a wait of a test, with room for a busy machine.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

const long = 30 * time.Second

// show opens a page. On a machine where containers come and go, Chrome gives up a connection now and then.
func show(t *testing.T, s *browser.Session, address string) {
	t.Helper()
	ctx := within(t, long)
	err := s.Open(ctx, address)
	for err != nil && s.Disturbed() != nil && ctx.Err() == nil {
		err = s.Open(ctx, address)
	}
	require.NoError(t, err)
}

// says waits for a text in the page's element #out.
func says(t *testing.T, s *browser.Session, text string) {
	t.Helper()
	out := browser.Control{Name: "#out", CSS: "#out", Text: text, Hidden: true}
	if _, err := s.See(within(t, long), out); err != nil {
		out.Text = ""
		said, _ := s.Read(within(t, 5*time.Second), out)
		require.NoErrorf(t, err, "#out says %q, not %q", said, text)
	}
}
