package guide_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

func TestLoadReadsRevisionFileAndAddress(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.FileServer(http.Dir("testdata")))
	t.Cleanup(server.Close)

	tests := map[string]struct{ arg, source string }{
		"revision": {"2025-06-23", "website/integrations/services/immich/index.md"},
		"file":     {"testdata/wizard.md", "testdata/wizard.md"},
		"address":  {server.URL + "/wizard.md?token=secret", server.URL + "/wizard.md"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := guide.Load(t.Context(), test.arg, server.Client())
			require.NoError(t, err)
			assert.Equal(t, test.source, s.Source)
			assert.Len(t, s.RedirectURIs, 3)
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/page.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<title>x</title>"))
	})
	mux.HandleFunc("/sniffed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("<!doctype html>"))
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat([]byte("a"), 1<<20))
	})
	mux.Handle("/downgrade", http.RedirectHandler("http://pages.example/x", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	huge := filepath.Join(folder, "huge.md")
	require.NoError(t, os.WriteFile(huge, bytes.Repeat([]byte("a"), 1<<20), 0o600))

	tests := map[string]struct{ arg, reason string }{
		"unknown revision": {"2025-06-24", "2025-06-23"},
		"misspelt":         {"no-such-page.md", "there is no such file"},
		"nothing":          {"", "there is no such file"},
		"folder":           {folder, "folder"},
		"huge file":        {huge, "larger than"},
		"http":             {"http://pages.example/index.md", "only https"},
		"other scheme":     {"ftp://pages.example/index.md", "only https"},
		"no host":          {"https:///index.md", "expected https://host/path"},
		"missing page":     {server.URL + "/missing?token=secret", "404"},
		"html page":        {server.URL + "/page.html", `"Raw"`},
		"html as text":     {server.URL + "/sniffed", `"Raw"`},
		"huge page":        {server.URL + "/huge", "larger than"},
		"downgrade":        {server.URL + "/downgrade?token=secret", "not https"},
		"loop":             {server.URL + "/loop", "more than 10 times"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := guide.Load(t.Context(), test.arg, server.Client())
			require.ErrorContains(t, err, test.reason)
			assert.NotContains(t, err.Error(), "secret")
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestLoadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := guide.Load(ctx, server.URL+"/index.md", server.Client())
	require.ErrorIs(t, err, context.Canceled)
}
