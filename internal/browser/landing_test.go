package browser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// to accepts a move to an address, seen in one of the events.
func to(address string, by ...browser.By) func(browser.Move) bool {
	return func(m browser.Move) bool {
		for _, one := range by {
			if m.By == one && m.URL == address {
				return true
			}
		}
		return false
	}
}

func TestLandingsAreSeenHoweverTheTabGetsThere(t *testing.T) {
	t.Parallel()
	const app = "app.immich:/oauth-callback?code=abc&state=d%2Fe"
	const start = `<p id="out">start</p><button onclick="%s">Go</button>`
	site := handle(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			w.Header().Set("Location", app)
			w.WriteHeader(http.StatusFound)
		case "/chain":
			http.Redirect(w, r, "/redirect", http.StatusFound)
		case "/script":
			_, _ = w.Write([]byte(strings.Replace(start, "%s", "location.assign('"+app+"')", 1)))
		case "/follow":
			_, _ = w.Write([]byte(strings.Replace(start, "%s", "location = '/redirect'", 1)))
		case "/form":
			_, _ = w.Write([]byte(`<form action="/redirect" method="post"><button>Go</button></form>`))
		}
	})
	for page, by := range map[string]browser.By{
		"/redirect": browser.ByRequest, "/chain": browser.ByRequest, "/script": browser.ByScript,
		"/follow": browser.ByRequest, "/form": browser.ByRequest,
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			s, ctx := open(t), within(t, long)
			mark := s.Mark()
			_ = s.Open(ctx, site.url+page) // a scheme that nobody handles is an error of the navigation itself
			if by == browser.ByScript || page == "/follow" || page == "/form" {
				require.NoError(t, s.Click(ctx, browser.Control{Name: "Go", CSS: "button"}))
			}
			move, err := s.Arrive(ctx, mark, "the app's address", to(app, by))
			require.NoError(t, err)
			assert.WithinDuration(t, time.Now(), move.At, long)
		})
	}
}

func TestHistoryMovesAreSeen(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<button onclick="history.pushState({}, '', '/photos?at=1')">Go</button>`})
	s, ctx := open(t), within(t, long)
	show(t, s, site.url+"/")
	mark := s.Mark()
	require.NoError(t, s.Click(ctx, browser.Control{Name: "Go", CSS: "button"}))
	_, err := s.Arrive(ctx, mark, "/photos", to(site.url+"/photos?at=1", browser.ByHistory))
	require.NoError(t, err)
	assert.Equal(t, 0, site.hits("/photos"))
}

func TestMovesOfFramesAreNoLandings(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{
		"/":      `<p id="out">wait</p><iframe src="/frame" onload="document.querySelector('#out').textContent = 'framed'"></iframe>`,
		"/frame": "in the frame",
	})
	s := open(t)
	show(t, s, site.url+"/")
	says(t, s, "framed")
	require.Equal(t, 1, site.hits("/frame"))
	for _, m := range s.Moves(0) {
		assert.NotContains(t, m.URL, "/frame", "a move by %s", m.By)
	}
}

// The page at the landing would redeem the code if it got it.
func TestHoldKeepsACodeUnused(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]string{
		"script":   `<button onclick="location = '/landing?%s'">Go</button>`,
		"redirect": `<button onclick="location = '/redirect?%s'">Go</button>`,
		"form":     `<form action="/redirect"><input type="hidden" name="%n" value="%v"><button>Go</button></form>`,
	} {
		for _, answer := range []string{"code=abc", "error=access_denied", "state=abc"} {
			t.Run(name+" "+answer, func(t *testing.T) {
				t.Parallel()
				key, value, _ := strings.Cut(answer, "=")
				page := strings.NewReplacer("%s", answer, "%n", key, "%v", value).Replace(move)
				site := handle(t, func(w http.ResponseWriter, r *http.Request) {
					switch r.URL.Path {
					case "/":
						_, _ = w.Write([]byte(page))
					case "/redirect":
						http.Redirect(w, r, "/landing?"+r.URL.RawQuery, http.StatusFound)
					}
				})
				s, ctx := open(t), within(t, long)
				require.NoError(t, s.Hold(ctx, site.url+"/landing"))
				show(t, s, site.url+"/")
				mark := s.Mark()
				require.NoError(t, s.Click(ctx, browser.Control{Name: "Go", CSS: "button"}))
				_, err := s.Arrive(ctx, mark, "the landing", to(site.url+"/landing?"+answer, browser.ByHold))
				require.NoError(t, err)
				// The page that stands in has come, so the real one never will.
				text, err := s.Read(ctx, browser.Control{Name: "the page that stands in", CSS: "p"})
				require.NoError(t, err)
				assert.Contains(t, text, "held the page back")
				assert.Equal(t, 0, site.hits("/landing"))
			})
		}
	}
}

func TestHoldLetsEverythingElsePass(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/landing", "/landing?isOpen=oauth", "/landing?barcode=1", "/landing/more?code=abc", "/landing2?code=abc"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			site := handle(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`<p id="out">passed</p>`)) })
			s, ctx := open(t), within(t, long)
			require.NoError(t, s.Hold(ctx, site.url+"/landing"))
			show(t, s, site.url+path)
			says(t, s, "passed")
		})
	}
}

// What a page fetches from the held address is none of its business.
func TestHoldIsForPagesOnly(t *testing.T) {
	t.Parallel()
	site := handle(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			_, _ = w.Write([]byte(`<p id="out"></p><script>
				fetch("/landing?code=abc").then((r) => r.text()).then((text) => { document.querySelector("#out").textContent = text })</script>`))
			return
		}
		_, _ = w.Write([]byte("fetched"))
	})
	s := open(t)
	require.NoError(t, s.Hold(within(t, long), site.url+"/landing"))
	show(t, s, site.url+"/")
	says(t, s, "fetched")
}

func TestSeeOrArriveAnswersWithWhatComesFirst(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": `<p id="out">here</p>`})
	s, ctx := open(t), within(t, long)
	mark := s.Mark()
	show(t, s, site.url+"/")
	out := browser.Control{Name: "#out", CSS: "#out"}
	i, move, err := s.SeeOrArrive(ctx, mark, nowhere, never, out)
	require.NoError(t, err)
	assert.Nil(t, move)
	assert.Equal(t, 1, i)
	_, move, err = s.SeeOrArrive(ctx, mark, to(site.url+"/", browser.ByCommit), never)
	require.NoError(t, err)
	assert.Equal(t, site.url+"/", move.URL)
	_, _, err = s.SeeOrArrive(within(t, 300*time.Millisecond), s.Mark(), to(site.url+"/", browser.ByCommit), never)
	assert.Error(t, err, "moves from before the mark do not count")
}

func TestAnswersToAPagesOwnCallsAreSeen(t *testing.T) {
	t.Parallel()
	site := handle(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			_, _ = w.Write([]byte(`<button onclick="fetch('/api?code=abc', { method: 'POST' })">Go</button><img src="/picture">`))
			return
		}
		http.Error(w, "no", http.StatusTeapot)
	})
	s, ctx := open(t), within(t, long)
	show(t, s, site.url+"/")
	require.NoError(t, s.Click(ctx, browser.Control{Name: "Go", CSS: "button"}))
	isAPI := func(r browser.Reply) bool { return strings.HasPrefix(r.URL, site.url+"/api") }
	reply, err := s.Replied(ctx, 0, "/api", isAPI)
	require.NoError(t, err)
	assert.Equal(t, browser.Reply{URL: site.url + "/api?code=abc", Status: http.StatusTeapot}, reply)
	assert.Len(t, s.Replies(), 1, "pictures are no calls")
	_, err = s.Replied(within(t, 300*time.Millisecond), 1, "/api", isAPI)
	assert.ErrorContains(t, err, "waited for the answer to the page's call of /api", "what was answered before the mark does not count")
}
