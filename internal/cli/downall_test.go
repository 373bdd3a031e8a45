//go:build linux

package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/owner"
)

// engineWith is the address of an engine on which there are containers with these labels, and nothing that can be removed.
func engineWith(t *testing.T, labels ...map[string]string) string {
	t.Helper()
	found := []map[string]any{}
	for _, l := range labels {
		found = append(found, map[string]any{"Id": l["io.github.ssoproof.run"], "Labels": l, "State": "running"})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.44")
		w.Header().Set("Content-Type", "application/json")
		assert.NotEqual(t, http.MethodDelete, r.Method, r.URL)
		var answer any = map[string]any{}
		switch {
		case strings.HasSuffix(r.URL.Path, "/containers/json"):
			answer = found
		case strings.HasSuffix(r.URL.Path, "/networks"):
			answer = []any{}
		}
		assert.NoError(t, json.NewEncoder(w).Encode(answer))
	}))
	t.Cleanup(server.Close)
	return "tcp://" + server.Listener.Addr().String()
}

func TestDownAllNamesTheRunsThatItLeavesAlone(t *testing.T) {
	t.Parallel()
	host, err := os.Hostname()
	require.NoError(t, err)
	run := func(id, host string) map[string]string {
		return map[string]string{"io.github.ssoproof.run": id, "io.github.ssoproof.host": host, "io.github.ssoproof.owner": owner.Self().String()}
	}
	for name, test := range map[string]struct {
		runs []map[string]string
		want string
	}{
		"none":               {nil, "nothing is left\n"},
		"in use":             {[]map[string]string{run("abc", host)}, "left alone abc: in use; `ssoproof stack down abc` takes it down all the same\n"},
		"of another machine": {[]map[string]string{run("abc", host+"-not")}, "left alone abc: of another machine; `ssoproof stack down abc` takes it down all the same\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			down := exec.CommandContext(t.Context(), "ssoproof", "stack", "down", "--all")
			down.Env = append(down.Environ(), "TMPDIR="+t.TempDir(), "DOCKER_HOST="+engineWith(t, test.runs...))
			said, err := down.CombinedOutput()
			require.NoError(t, err, string(said))
			// Before it, a Chrome of another test's killed run may be told of; then something was left.
			if test.runs == nil && strings.HasPrefix(string(said), "ended a Chrome") {
				return
			}
			assert.Contains(t, string(said), test.want)
		})
	}
}
