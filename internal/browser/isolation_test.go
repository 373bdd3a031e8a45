package browser_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

// hoard reports what an earlier visitor has left in the browser, then leaves something of every kind.
const hoard = `<p id="out"></p><script>
	onunhandledrejection = (event) => { document.querySelector("#out").textContent = "failed: " + event.reason };
</script><script type="module">
	const database = () => new Promise((done, fail) => {
		const open = indexedDB.open("left", 1);
		open.onupgradeneeded = () => open.result.createObjectStore("left");
		open.onsuccess = () => { open.result.close(); done(); };
		open.onerror = fail;
	});
	const file = async () => {
		const root = await navigator.storage.getDirectory();
		const names = [];
		for await (const name of root.keys()) names.push(name);
		await root.getFileHandle("left", { create: true });
		return names.length > 0;
	};
	const found = {
		cookie: document.cookie.includes("left="),
		local: localStorage.getItem("left") !== null,
		session: sessionStorage.getItem("left") !== null,
		database: (await indexedDB.databases()).length > 0,
		caches: await caches.has("left"),
		worker: (await navigator.serviceWorker.getRegistrations()).length > 0,
		file: await file(),
	};
	document.cookie = "left=1; max-age=9999; secure";
	localStorage.setItem("left", "1");
	sessionStorage.setItem("left", "1");
	await database();
	await caches.open("left");
	await navigator.serviceWorker.register("/worker.js");
	await navigator.serviceWorker.ready;
	setInterval(() => localStorage.setItem("left", "1")); // goes on until the page is gone
	document.querySelector("#out").textContent = "found: " + Object.keys(found).filter((key) => found[key]);
</script>`

func keeper(t *testing.T) *site {
	return handle(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, err := r.Cookie("__Host-left")
			w.Header().Set("X-Left", map[bool]string{true: "nothing", false: "a cookie"}[err != nil])
			http.SetCookie(w, &http.Cookie{Name: "__Host-left", Value: "1", Path: "/", MaxAge: 9999, Secure: true, HttpOnly: true})
			_, _ = w.Write([]byte(hoard))
		case "/worker.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte("self.addEventListener('fetch', () => {});"))
		case "/cached":
			w.Header().Set("Cache-Control", "max-age=9999")
			_, _ = w.Write([]byte(`<p id="out">cached</p>`))
		}
	})
}

// One Chrome of its own has one profile only, which every session gets in turn.
func TestNothingOfASessionReachesTheNext(t *testing.T) {
	t.Parallel()
	own, err := browser.Start(t.Context(), options(t))
	require.NoError(t, err)
	t.Cleanup(own.Close)
	site := keeper(t)
	for visit := range 3 {
		s, err := own.Session(t.Context())
		require.NoError(t, err)
		cookies, err := s.Cookies(t.Context(), site.url)
		require.NoError(t, err)
		assert.Empty(t, cookies, "cookies at the start of visit %d", visit+1)
		show(t, s, site.url+"/cached")
		says(t, s, "cached")
		show(t, s, site.url+"/")
		says(t, s, "found:")
		if visit == 0 { // the same session does find it all, or this test could not fail
			show(t, s, site.url+"/")
			says(t, s, "found: cookie,local,session,database,caches,worker,file")
		}
		s.Close()
	}
	assert.Equal(t, 1, site.hits("/cached"), "the HTTP cache is kept, so this was one profile")
}

// The second Close must not take the profile away from whoever has it by then.
func TestASessionMayBeClosedTwice(t *testing.T) {
	t.Parallel()
	own, err := browser.Start(t.Context(), options(t))
	require.NoError(t, err)
	t.Cleanup(own.Close)
	site := serve(t, map[string]string{"/": `<p id="out">here</p>`})
	first, err := own.Session(t.Context())
	require.NoError(t, err)
	first.Close()
	next, err := own.Session(t.Context())
	require.NoError(t, err)
	t.Cleanup(next.Close)
	first.Close()
	show(t, next, site.url+"/")
	says(t, next, "here")
}

func TestSessionsSideBySideShareNothing(t *testing.T) {
	t.Parallel()
	site := keeper(t)
	one, other := open(t), open(t)
	for _, s := range []*browser.Session{one, other} {
		show(t, s, site.url+"/")
		says(t, s, "found:")
	}
}

func TestCookiesAreSetAndReadLikeTheBrowsersOwn(t *testing.T) {
	t.Parallel()
	site := handle(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "mine", Value: "v", Path: "/", HttpOnly: true, Secure: true})
		_, _ = w.Write([]byte(`<p id="out">` + r.Header.Get("Cookie") + `</p>`))
	})
	s, ctx := open(t), within(t, long)
	require.NoError(t, s.SetCookies(ctx, site.url, []*http.Cookie{{Name: "a", Value: "1", HttpOnly: true}, {Name: "b", Value: "2"}}))
	show(t, s, site.url+"/")
	says(t, s, "a=1; b=2")
	cookies, err := s.Cookies(ctx, site.url)
	require.NoError(t, err)
	values := map[string]string{}
	for _, c := range cookies {
		values[c.Name] = c.Value
		assert.True(t, c.Secure, c.Name)
		assert.Equal(t, c.Name != "b", c.HttpOnly, c.Name)
	}
	assert.Equal(t, map[string]string{"a": "1", "b": "2", "mine": "v"}, values)
	others, err := s.Cookies(ctx, "https://other.test/")
	require.NoError(t, err)
	assert.Empty(t, others)
}
