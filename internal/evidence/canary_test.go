package evidence_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// canaries are secrets of each kind, with what every spelling has another form for.
var canaries = map[string]string{
	"code": "C4nary/code+1&9f8e7d", "state": "C4nary-state.2<é>0a1b", "verifier": "C4nary~verifier_3~aabbccddeeff",
	"access token": "C4nary.access==4/00112233", "client secret": "C4nary\"client'5;778899aa", "password": "C4nary%password 6£bbccdd",
	"session": "C4nary|session!7:eeff0011", "csrf": "C4narycsrf8223344556677", "signature": "C4narySignature-9_aabbccddee",
	"API key": "C4narykey10A0123456789abcdef0123456789", "bearer": "C4narybearer11deadbeef",
}

// spelt are the ways in which a text is written, made in another way than the redactor makes them.
func spelt(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	forms := map[string]string{
		"as it is": secret, "in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret), "in HTML": html.EscapeString(secret),
		"in JSON": strings.Trim(string(quoted), `"`), "in a query twice": url.QueryEscape(url.QueryEscape(secret)),
	}
	for n := range 3 {
		text := strings.Repeat("x", n) + secret + "…and more"
		forms[fmt.Sprintf("in base64 behind %d", n)] = base64.StdEncoding.EncodeToString([]byte(text))
		forms[fmt.Sprintf("in base64url behind %d", n)] = base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	return forms
}

// said is every canary in every spelling, as a sentence in which nothing else gives it away.
func said() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(canaries)) {
		forms := spelt(canaries[name])
		for _, form := range slices.Sorted(maps.Keys(forms)) {
			all = append(all, "the thing is "+forms[form]+" now")
		}
	}
	return strings.Join(all, ",\n")
}

// unsaid asserts that no canary is left in any spelling. Of base64 the middle is looked for: its ends hold neighbours.
func unsaid(t *testing.T, where, text string) {
	t.Helper()
	for name, secret := range canaries {
		for form, as := range spelt(secret) {
			if strings.HasPrefix(form, "in base64") {
				as = as[8 : len(secret)-2]
			}
			if strings.Contains(text, as) { // the text itself would be long
				assert.Fail(t, where+" holds the "+name+" "+form)
			}
		}
	}
}

// met is an exchange in which each canary stands in its place.
func met() edge.Exchange {
	answer, _ := json.Marshal(map[string]any{
		"access_token": canaries["access token"], "key": canaries["API key"], "scope": "openid",
		"id_token": jwtOf(map[string]any{"sub": "akadmin", "echo": canaries["code"]}) + canaries["signature"],
	})
	return edge.Exchange{
		ID: 1, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Duration: time.Second, Leg: edge.FromBrowser, Method: http.MethodPost, Status: 200,
		URL: "https://immich.company/auth/login?code=" + url.QueryEscape(canaries["code"]) + "&state=" + url.QueryEscape(canaries["state"]),
		RequestHeader: http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {"Bearer " + canaries["bearer"]},
			"Cookie": {"authentik_session=" + url.PathEscape(canaries["session"])}, "X-Authentik-Csrf": {canaries["csrf"]},
		},
		RequestBody: []byte(url.Values{
			"client_secret": {canaries["client secret"]}, "code_verifier": {canaries["verifier"]}, "grant_type": {"authorization_code"},
		}.Encode()),
		ResponseHeader: http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"authentik_session=" + url.PathEscape(canaries["session"]) + "; Path=/; Secure"}},
		ResponseBody:   answer,
	}
}

// TestCanaries sends each secret in each spelling into every kind of artefact.
func TestCanaries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := evidence.NewRedactor()
	r.Know(evidence.Password, canaries["password"]) // made by the harness: it has blanks
	s := evidence.NewStore(dir, r)
	echo := edge.Exchange{
		ID: 2, Leg: edge.FromBrowser, Method: http.MethodGet, URL: "https://authentik.company/if/flow/?next=" + url.QueryEscape("/?q="+canaries["code"]), Status: 500,
		RequestHeader:  http.Header{"Referer": {"https://immich.company/" + url.PathEscape(canaries["state"])}},
		ResponseHeader: http.Header{"Content-Type": {"text/plain"}}, ResponseBody: []byte(said()), Error: said(),
	}
	_, err := s.WriteExchanges("a.b", "exchanges", []edge.Exchange{met(), echo})
	require.NoError(t, err)
	_, err = s.WriteHARs("a.b", []edge.Exchange{met(), echo})
	require.NoError(t, err)
	_, err = s.WriteLog("", "immich", func(w io.Writer) error { _, err := io.WriteString(w, said()); return err })
	require.NoError(t, err)
	_, err = s.WriteScreenshot("a.b", "landed with "+canaries["csrf"]+" and "+canaries["API key"], []byte("picture"))
	require.NoError(t, err)

	result := r.Result(check.Result{
		ID: "a.b", Title: "one", Level: check.Must, Status: check.Fail, Reason: said(), Requirements: []check.Judgement{},
		Steps:        []check.Step{{Name: "land", Error: said()}},
		Findings:     []check.Finding{{Message: said(), Expected: said(), Actual: said(), Fix: said()}},
		Observations: map[string]string{"seen": said()}, Additions: []string{said()},
		Messages: []check.Message{{From: check.Browser, To: check.Immich, Text: said(), Answer: said()}},
	})
	bundle := reporttest.Sample()
	bundle.Plan.Checks, bundle.Checks = []string{"a.b"}, []check.Result{result}
	w, err := report.Open(filepath.Join(dir, "run"), *bundle)
	require.NoError(t, err)
	require.NoError(t, w.Close(report.Violation))
	require.NoError(t, render.Files(filepath.Join(dir, "run"), bundle))

	kinds := map[string]int{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		kinds[filepath.Ext(path)]++
		unsaid(t, path, path+string(data))
		return err
	}))
	assert.Equal(t, map[string]int{".json": 2, ".har": 1, ".log": 1, ".jpg": 1, ".html": 1, ".md": 1, ".xml": 1}, kinds)
	leaks, err := r.Withhold(dir)
	require.NoError(t, err)
	assert.Empty(t, leaks)
}

// TestTokensMatchAcrossArtefacts follows a code from the browser's address to the log.
func TestTokensMatchAcrossArtefacts(t *testing.T) {
	t.Parallel()
	r, other := evidence.NewRedactor(), evidence.NewRedactor()
	x := met()
	r.Meet(&x)
	token := regexp.MustCompile(`«code:[0-9a-f]{8}»`).FindString(r.URL(x.URL))
	require.NotEmpty(t, token)
	code := canaries["code"]
	for _, text := range []string{"prose " + code, "code=" + url.QueryEscape(code), `{"code": "` + code + `"}`, "https://a/?next=" + url.QueryEscape("/?code="+url.QueryEscape(code))} {
		assert.Contains(t, r.Text(text), token, text)
	}
	assert.NotContains(t, other.URL(x.URL), token, "another run, another token")
	assert.Contains(t, evidence.WithoutRun(other.URL(x.URL)), "?code=«code»&state=«state»")
}
