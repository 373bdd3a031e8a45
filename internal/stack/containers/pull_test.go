package containers

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pullOf pulls an image through an engine that answers as answer does, and returns what was told.
func pullOf(t *testing.T, stall time.Duration, answer http.HandlerFunc) ([]string, error) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	engine, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	var told []string
	err = puller{client: engine, stall: stall}.pull(t.Context(), "ghcr.io/immich-app/immich-server:v9", func(s string) { told = append(told, s) })
	return told, err
}

// say sends lines of a pull's news.
func say(w http.ResponseWriter, lines ...string) {
	for _, line := range lines {
		fmt.Fprintln(w, line)
	}
	w.(http.Flusher).Flush()
}

func TestPullTellsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	told, err := pullOf(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "ghcr.io/immich-app/immich-server", r.URL.Query().Get("fromImage"))
		say(w,
			`{"status": "Pulling from immich-app/immich-server", "id": "v9"}`,
			`{"status": "Downloading", "id": "a", "progressDetail": {"current": 1000000, "total": 4000000}}`,
			`{"status": "Downloading", "id": "b", "progressDetail": {"current": 2000000, "total": 6000000}}`,
			`{"status": "Download complete", "id": "a"}`,
			`{"status": "Download complete", "id": "b"}`,
			`{"status": "Extracting", "id": "a", "progressDetail": {"current": 1, "total": 4000000}}`,
			`{"status": "Pull complete", "id": "a"}`,
		)
	})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"asking the registry", "1 of 4 MB", "3 of 10 MB", "6 of 10 MB",
		"10 MB loaded, unpacking", "10 MB loaded, unpacking", "10 MB loaded, unpacking",
	}, told)
}

func TestPullThatComesToNothing(t *testing.T) {
	t.Parallel()
	hang := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"silent from the start": {hang, "nothing came from ghcr.io for 200ms"},
		"silent in the middle": {func(w http.ResponseWriter, r *http.Request) {
			say(w, `{"status": "Downloading", "id": "a", "progressDetail": {"current": 1, "total": 4}}`)
			hang(w, r)
		}, "nothing came from ghcr.io for 200ms"},
		// An engine with containerd's image store says every 100 ms how far it is.
		"the same again and again": {func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for r.Context().Err() == nil {
				say(w, `{"status": "Downloading", "id": "a", "progressDetail": {"current": 1, "total": 4}}`,
					`{"status": "Waiting", "id": "b"}`)
				<-tick.C
			}
		}, "nothing came from ghcr.io for 200ms"},
		"refused in the middle": {func(w http.ResponseWriter, _ *http.Request) {
			say(w, `{"status": "Downloading", "id": "a"}`, `{"errorDetail": {"message": "no space left on device"}, "error": "no space left on device"}`)
		}, "no space left on device"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status": "Downl`) }, "unexpected EOF"},
		"refused": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"message": "manifest unknown"}`)
		}, "manifest unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pullOf(t, 200*time.Millisecond, test.answer)
			require.ErrorContains(t, err, test.want)
			assert.NotErrorIs(t, err, context.Canceled)
		})
	}
}
