package evidence_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/evidence"
)

func TestStorePaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := evidence.NewStore(dir, evidence.NewRedactor())
	for _, c := range []struct{ check, name, want string }{
		{"login.mobile.native[app=2.6,slashes=3]", "landing", "evidence/login.mobile.native-app-2.6-slashes-3/01-landing.jpg"},
		{"login.mobile.native[app=2.6,slashes=3]", "Landing / again", "evidence/login.mobile.native-app-2.6-slashes-3/02-Landing-again.jpg"},
		{"login.mobile.native-app-2.6-slashes-3", "x", "evidence/login.mobile.native-app-2.6-slashes-3-2/01-x.jpg"},
		{"../../etc/passwd", "../x", "evidence/etc-passwd/01-x.jpg"},
		{"..", "…", "evidence/run/01-artefact.jpg"},
		{"", "edge", "evidence/run-2/01-edge.jpg"},
	} {
		got, err := s.WriteScreenshot(c.check, c.name, []byte("png"))
		require.NoError(t, err)
		assert.Equal(t, check.Evidence{Kind: evidence.Screenshot, Name: c.name, Path: c.want}, got)
		data, err := os.ReadFile(filepath.Join(dir, got.Path))
		require.NoError(t, err)
		assert.Equal(t, "png", string(data))
	}
}

func TestStoreSideBySide(t *testing.T) {
	t.Parallel()
	s := evidence.NewStore(t.TempDir(), evidence.NewRedactor())
	paths := make([]string, 20)
	var all sync.WaitGroup
	for i := range paths {
		all.Go(func() {
			e, err := s.WriteScreenshot("a.b", "shot", nil)
			assert.NoError(t, err)
			paths[i] = e.Path
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, p := range paths {
		assert.False(t, seen[p], p)
		seen[p] = true
	}
}

func TestStoreSaysWhatItCouldNotSave(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := evidence.NewStore(file, evidence.NewRedactor()).WriteScreenshot("a.b", "landing", nil)
	assert.ErrorContains(t, err, "save evidence evidence/a.b/01-landing.jpg: ")
}

func TestExchangesAreReadableAndHoldNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := evidence.NewStore(dir, evidence.NewRedactor("known-to-the-run"))
	list := []edge.Exchange{{
		ID: 7, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Duration: 1500 * time.Millisecond, Leg: edge.FromImmich,
		Method: "POST", URL: "https://authentik.company/application/o/token/?code=" + secret,
		RequestHeader: http.Header{"Authorization": {"Basic " + secret}, "Content-Type": {"application/x-www-form-urlencoded"}},
		RequestBody:   []byte("code=" + secret + "&redirect_uri=app.immich%3A%2F"),
		Status:        200, ResponseHeader: http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"s=" + secret + "; Secure"}},
		ResponseBody: []byte(`{"id_token":"` + token + `","scope":"openid","note":"known-to-the-run"}`),
		Error:        "dial: password=" + secret,
	}, {ID: 8, Method: "GET", URL: "https://immich.company/"}}
	e, err := s.WriteExchanges("token.id", "exchanges", list)
	require.NoError(t, err)
	assert.Equal(t, "evidence/token.id/01-exchanges.json", e.Path)
	data, err := os.ReadFile(filepath.Join(dir, e.Path))
	require.NoError(t, err)
	assertNoSecret(t, string(data))
	assert.NotContains(t, string(data), "known-to-the-run")

	var got []map[string]any
	require.NoError(t, json.Unmarshal([]byte(evidence.WithoutRun(string(data))), &got))
	require.Len(t, got, 2)
	assert.Equal(t, "immich→authentik", got[0]["leg"])
	assert.InDelta(t, 1500, got[0]["milliseconds"], 0)
	assert.Equal(t, "https://authentik.company/application/o/token/?code=«code»", got[0]["request"].(map[string]any)["url"])
	assert.Equal(t, map[string]any{"id_token": unsigned, "scope": "openid", "note": "«secret»"},
		got[0]["response"].(map[string]any)["body"], "JSON stays JSON")

	e, err = s.WriteExchanges("token.id", "none", nil)
	require.NoError(t, err)
	data, err = os.ReadFile(filepath.Join(dir, e.Path))
	require.NoError(t, err)
	assert.JSONEq(t, "[]", string(data))
}

func TestLogIsRedactedLineByLine(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor("known-to-the-run")
	in := strings.Join([]string{
		`{"event":"login","token":"` + secret + `","level":"info","code":"invalid"}`,
		"GET /auth/login?code=" + secret + "&state=k1 known-to-the-run",
		"-----BEGIN EC PRIVATE KEY-----", secret, "-----END EC PRIVATE KEY-----", "after the key", "",
		"id_token " + token, "last line without an end",
	}, "\n")
	var out bytes.Buffer
	require.NoError(t, r.Copy(&out, iotest.OneByteReader(strings.NewReader(in))))
	assert.Equal(t, strings.Join([]string{
		`{"code":"invalid","event":"login","level":"info","token":"«token»"}`,
		"GET /auth/login?code=«code»&state=«state» «secret»",
		"«key»", "«key»", "«key»", "after the key", "",
		"id_token " + unsigned, "last line without an end", "",
	}, "\n"), evidence.WithoutRun(out.String()))
}

func TestLongLineIsCutWithoutHalfASecret(t *testing.T) {
	t.Parallel()
	known := strings.Repeat("k", 128)
	r := evidence.NewRedactor(known)
	for offset := range 140 {
		var out bytes.Buffer
		in := strings.Repeat(".", 64<<10-offset) + known + strings.Repeat(".", 1<<20) + "\nnext\n"
		require.NoError(t, r.Copy(&out, strings.NewReader(in)))
		require.NotContains(t, out.String(), "kk")
		require.True(t, strings.HasSuffix(out.String(), "… [line cut]\nnext\n"))
		require.Less(t, out.Len(), 65<<10)
	}
}

func TestWriteLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := evidence.NewStore(dir, evidence.NewRedactor())
	gone := errors.New("the engine is gone")
	_, err := s.WriteLog("", "immich", func(w io.Writer) error {
		_, err := io.WriteString(w, "password="+secret+"\nas far as it came")
		return errors.Join(err, gone)
	})
	require.ErrorIs(t, err, gone)
	data, err := os.ReadFile(filepath.Join(dir, "evidence", "run", "01-immich.log"))
	require.NoError(t, err)
	assert.Equal(t, "password=«password»\nas far as it came\n", evidence.WithoutRun(string(data)))
}
