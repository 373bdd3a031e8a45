package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
)

var began = time.Date(2026, 11, 24, 15, 41, 20, 0, time.UTC)

func at(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }

// TestLog reads what the products write: Immich in colours and over several lines, authentik as JSON.
func TestLog(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		by   check.Party
		text string
		want []diagnose.Line
	}{
		"an error of Immich's and its cause": {check.Immich,
			"[Nest] 7  - 11/24/2026, 3:41:21 PM   ERROR [Api:OAuthRepository~bhx9ck8p] ClientError: invalid response encountered\n" +
				"    at somewhere (/usr/src/app/x.js:1:2)\n  code: 'OAUTH_INVALID_RESPONSE',\n" +
				"  [cause]: OperationProcessingError: unexpected JWT \"alg\" header parameter\n      at elsewhere\n",
			[]diagnose.Line{{At: at(1), ID: "bhx9ck8p", Text: `ClientError: invalid response encountered (cause: OperationProcessingError: unexpected JWT "alg" header parameter)`}},
		},
		"in colours, with the narrow blank of newer Nodes": {check.Immich,
			"\x1b[33m[Nest] 7  - \x1b[39m11/24/2026, 3:41:22\u202fPM \x1b[33m   WARN\x1b[39m \x1b[33m[Api:AuthService~abc]\x1b[39m \x1b[33mUnable to register x\x1b[39m\r\n",
			[]diagnose.Line{{At: at(2), ID: "abc", Text: "Unable to register x"}},
		},
		"before noon and without an ID": {check.Immich, "[Nest] 7  - 11/25/2026, 12:00:01 AM   FATAL [Microservices] gone\n",
			[]diagnose.Line{{At: time.Date(2026, 11, 25, 0, 0, 1, 0, time.UTC), Text: "gone"}}},
		"what is no trouble, and the cause of nothing": {check.Immich,
			"[Nest] 7  - 11/24/2026, 3:41:22 PM     LOG [Api:AuthService~abc] Registering new user\n  [cause]: x\nno line at all\n", nil},
		"what was before": {check.Immich, "[Nest] 7  - 11/24/2026, 3:41:02 PM   ERROR [Api:X~abc] old\n  [cause]: x\n", nil},
		"a warning of authentik's, in a local form of time": {check.Authentik,
			`{"event": "Invalid grant_type for provider", "level": "warning", "request_id": "0f", "timestamp": "2026-11-24T15:41:21.500000"}` + "\n" +
				`{"event": "/x", "level": "info", "request_id": "0e", "timestamp": "2026-11-24T15:41:22.000000"}` + "\n" +
				`{"event": "no time", "level": "error", "timestamp": "now"}` + "\nTraceback\n",
			[]diagnose.Line{{At: at(1).Add(time.Second / 2), ID: "0f", Text: "Invalid grant_type for provider"}},
		},
		"with its cause": {check.Authentik,
			`{"event":"The request fails","level":"error","cause":"redirect_uri_no_match","timestamp":"2026-11-24T15:41:21Z"}` + "\n",
			[]diagnose.Line{{At: at(1), Text: "The request fails (redirect_uri_no_match)"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range c.want {
				c.want[i].By = c.by
			}
			log := diagnose.NewLog(c.by, began)
			for _, part := range strings.SplitAfter(c.text, " ") { // a log comes in any parts
				_, err := log.Write([]byte(part))
				require.NoError(t, err)
			}
			assert.Equal(t, c.want, log.Lines())
		})
	}
}

// TestALoopingProductFillsNoMemory keeps the newest lines of a log without an end.
func TestALoopingProductFillsNoMemory(t *testing.T) {
	t.Parallel()
	log := diagnose.NewLog(check.Immich, began)
	line := []byte("[Nest] 7  - 11/24/2026, 3:41:22 PM   ERROR [Api:X~abc] " + strings.Repeat("again ", 1000) + "\n")
	for range 5000 {
		_, _ = log.Write(line)
	}
	_, _ = log.Write([]byte("[Nest] 7  - 11/24/2026, 3:41:23 PM   ERROR [Api:X~abc] the last\n"))
	lines := log.Lines()
	assert.Less(t, len(lines), 2500)
	assert.Less(t, len(lines[0].Text), 1500)
	assert.Equal(t, "the last", lines[len(lines)-1].Text)
}

// TestALogIsRedactedBeforeItIsCut hides a secret that the end of what is kept goes through.
func TestALogIsRedactedBeforeItIsCut(t *testing.T) {
	t.Parallel()
	said := strings.Repeat("x", 990) + " hush-hush-hush"
	log := diagnose.NewLog(check.Immich, began)
	log.Redact = func(text string) string { return strings.ReplaceAll(text, "hush-hush-hush", "«»") }
	_, err := log.Write([]byte("[Nest] 7  - 11/24/2026, 3:41:22 PM   ERROR [Api:X~abc] " + said + "\n  [cause]: " + said + "\n"))
	require.NoError(t, err)
	require.Len(t, log.Lines(), 1)
	assert.NotContains(t, log.Lines()[0].Text, "hush")
	assert.Equal(t, 2, strings.Count(log.Lines()[0].Text, "«»"))
}

// TestALineWithoutAnEndFillsNoMemory reads no more than a part of a line, which is not JSON then, and the line behind it.
func TestALineWithoutAnEndFillsNoMemory(t *testing.T) {
	t.Parallel()
	const trouble = `{"level": "error", "timestamp": "2026-11-24T15:41:21Z", "event": "`
	log := diagnose.NewLog(check.Authentik, began)
	for _, part := range []string{trouble + "without an end", strings.Repeat("x", 1<<20), "\"}\n", trouble + "after it\"}\n"} {
		_, err := log.Write([]byte(part))
		require.NoError(t, err)
	}
	require.Len(t, log.Lines(), 1)
	assert.Equal(t, "after it", log.Lines()[0].Text)
}
