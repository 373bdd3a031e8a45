package evidence_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/evidence"
)

// login is what a browser does in a login, out of order as an edge logs it, and others beside it.
func login() []edge.Exchange {
	start := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	navigates := http.Header{"Sec-Fetch-Mode": {"navigate"}}
	fetches := http.Header{"Sec-Fetch-Mode": {"cors"}, "Content-Type": {"application/json"}}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {"authentik_session=" + secret + "; authentik_language=en"}}
	return []edge.Exchange{
		{ID: 1, Started: start.Add(time.Second), Leg: edge.FromImmich, Method: "POST", URL: "https://authentik.company/application/o/token/", RequestHeader: form, Status: 200},
		{ID: 2, Started: start.Add(2 * time.Second), Duration: 1500 * time.Microsecond, Leg: edge.FromBrowser, Method: "GET", URL: "https://immich.company/auth/login?code=" + secret + "&state=a%20b", RequestHeader: navigates, Status: 200,
			ResponseHeader: http.Header{"Content-Type": {"text/html"}, "Content-Length": {"471"}}},
		{ID: 3, Started: start, Duration: 20 * time.Millisecond, Leg: edge.FromBrowser, Method: "GET", URL: "https://authentik.company/application/o/authorize/", RequestHeader: navigates, Status: 302,
			ResponseHeader: http.Header{"Location": {"/if/flow/?next=%2F"}, "Set-Cookie": {"authentik_session=" + secret + "; Path=/; Domain=authentik.company; Expires=Fri, 02 Jan 2026 04:00:00 GMT; HttpOnly; Secure; SameSite=None"}}},
		{ID: 4, Started: start.Add(10 * time.Millisecond), Leg: edge.FromBrowser, Check: "login.web.first", Method: "GET", URL: "https://authentik.company/if/flow/?next=%2F", RequestHeader: navigates, Status: 200},
		{ID: 5, Started: start.Add(20 * time.Millisecond), Leg: edge.FromBrowser, Method: "POST", URL: "https://authentik.company/if/flow/", RequestHeader: form, RequestBody: []byte("uid_field=akadmin&password=" + secret), Status: 204},
		{ID: 6, Started: start.Add(2100 * time.Millisecond), Leg: edge.FromBrowser, Method: "POST", URL: "https://immich.company/api/oauth/callback", RequestHeader: fetches, RequestBody: []byte(`{"url":"https://immich.company/auth/login?code=` + secret + `"}`), Status: 201,
			ResponseHeader: http.Header{"Content-Type": {"application/json"}}, ResponseBody: []byte(`{"accessToken":"` + secret + `","isAdmin":false}`)},
		{ID: 8, Started: start.Add(time.Second), Leg: edge.FromBrowser, Check: "another.check", Method: "GET", URL: "https://immich.company/", RequestHeader: navigates, Status: 200},
		{ID: 7, Started: start.Add(2200 * time.Millisecond), Leg: edge.FromBrowser, Method: "GET", URL: "https://immich.company/api/users/me", RequestHeader: fetches, Error: "dial: connection refused"},
	}
}

func TestHAR(t *testing.T) {
	t.Parallel()
	log := harOf(t, login())
	assert.Equal(t, map[string]any{"name": "ssoproof", "version": "1.2.3"}, log["creator"])
	var pages, seen []string
	for _, p := range list(log["pages"]) {
		pages = append(pages, p["id"].(string)+" "+p["title"].(string))
	}
	entries := list(log["entries"])
	for _, e := range entries {
		seen = append(seen, strings.Join([]string{e["pageref"].(string), in(e, "request", "method").(string), in(e, "request", "url").(string)}, " "))
		assert.InDelta(t, e["time"], in(e, "timings", "send").(float64)+in(e, "timings", "wait").(float64)+in(e, "timings", "receive").(float64), 1e-9)
	}
	assert.Equal(t, []string{
		"page_1 https://authentik.company/application/o/authorize/", "page_2 https://immich.company/auth/login?code=«code»&state=«state»",
	}, pages, "a redirect is no page of its own")
	assert.Equal(t, []string{
		"page_1 GET https://authentik.company/application/o/authorize/", "page_1 GET https://authentik.company/if/flow/?next=%2F", "page_1 POST https://authentik.company/if/flow/",
		"page_2 GET https://immich.company/auth/login?code=«code»&state=«state»", "page_2 POST https://immich.company/api/oauth/callback", "page_2 GET https://immich.company/api/users/me",
	}, seen, "what browsers did, in order")

	assert.Equal(t, "2026-01-02T03:04:05.006Z", entries[0]["startedDateTime"])
	assert.InDelta(t, 20, entries[0]["time"], 0)
	assert.Equal(t, "/if/flow/?next=%2F", in(entries[0], "response", "redirectURL"))
	assert.Equal(t, []map[string]any{{
		"name": "authentik_session", "value": "«cookie»", "path": "/", "domain": "authentik.company", "expires": "2026-01-02T04:00:00Z",
		"httpOnly": true, "secure": true, "sameSite": "None",
	}}, list(in(entries[0], "response", "cookies")))
	assert.Equal(t, []map[string]any{{"name": "next", "value": "/"}}, list(in(entries[1], "request", "queryString")))
	assert.Equal(t, []map[string]any{{"name": "authentik_session", "value": "«cookie»"}, {"name": "authentik_language", "value": "en"}}, list(in(entries[2], "request", "cookies")))
	assert.Equal(t, map[string]any{
		"mimeType": "application/x-www-form-urlencoded", "text": "uid_field=akadmin&password=«password»",
		"params": []any{map[string]any{"name": "uid_field", "value": "akadmin"}, map[string]any{"name": "password", "value": "«password»"}},
	}, in(entries[2], "request", "postData"))
	assert.Equal(t, []map[string]any{{"name": "code", "value": "«code»"}, {"name": "state", "value": "«state»"}}, list(in(entries[3], "request", "queryString")))
	assert.Equal(t, map[string]any{"size": 471.0, "mimeType": "text/html", "comment": "the body was not kept"}, in(entries[3], "response", "content"))
	assert.JSONEq(t, `{"url":"https://immich.company/auth/login?code=«code»"}`, in(entries[4], "request", "postData").(map[string]any)["text"].(string))
	assert.JSONEq(t, `{"accessToken":"«token»","isAdmin":false}`, in(entries[4], "response", "content").(map[string]any)["text"].(string))
	assert.Equal(t, "dial: connection refused", entries[5]["_error"])
}

func TestNoBrowserNoHAR(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept, err := evidence.NewStore(dir, evidence.NewRedactor()).WriteHARs("a.b", login()[:1])
	require.NoError(t, err)
	assert.Empty(t, kept)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// Each browser session has a file of its own, and what was done over HTTP another one.
func TestAHAROfEachSession(t *testing.T) {
	t.Parallel()
	exchanges := login()
	for i, session := range []string{"", "9", "10", "10", "", "9", "10", "9"} {
		exchanges[i].Session = session
	}
	dir := t.TempDir()
	kept, err := evidence.NewStore(dir, evidence.NewRedactor()).WriteHARs("login.web.first", exchanges)
	require.NoError(t, err)
	var seen []string
	for _, one := range kept {
		data, err := os.ReadFile(filepath.Join(dir, one.Path))
		require.NoError(t, err)
		var har struct {
			Log struct{ Entries []struct{ Comment string } }
		}
		require.NoError(t, json.Unmarshal(data, &har))
		for _, entry := range har.Log.Entries {
			seen = append(seen, one.Name+": "+entry.Comment)
		}
	}
	assert.Equal(t, []string{
		"browser-1: exchange 3", "browser-1: exchange 4", "browser-2: exchange 2", "browser-2: exchange 6", "browser-2: exchange 7", "http: exchange 5",
	}, seen, "in the order in which they began")
}

// harOf is the log of a HAR as it was written, whose tokens say only what they stand for.
func harOf(t *testing.T, exchanges []edge.Exchange) map[string]any {
	t.Helper()
	dir := t.TempDir()
	s := evidence.NewStore(dir, evidence.NewRedactor())
	s.Tool = "1.2.3"
	for i := range exchanges {
		exchanges[i].Session = "7"
	}
	kept, err := s.WriteHARs("login.web.first", exchanges)
	require.NoError(t, err)
	assert.Equal(t, []check.Evidence{{Kind: evidence.HAR, Name: "browser", Path: "evidence/login.web.first/01-browser.har"}}, kept)
	data, err := os.ReadFile(filepath.Join(dir, kept[0].Path))
	require.NoError(t, err)
	assertNoSecret(t, string(data))
	schema, err := jsonschema.NewCompiler().Compile("testdata/har.schema.json")
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(document))
	var har map[string]map[string]any
	require.NoError(t, json.Unmarshal([]byte(evidence.WithoutRun(string(data))), &har))
	return har["log"]
}

func list(value any) []map[string]any {
	var items []map[string]any
	for _, item := range value.([]any) {
		items = append(items, item.(map[string]any))
	}
	return items
}

func in(object map[string]any, key, member string) any { return object[key].(map[string]any)[member] }
