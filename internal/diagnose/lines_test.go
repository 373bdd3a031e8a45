package diagnose_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// failed is a check of three seconds that was refused, with what its exchanges tell of it.
func failed(own ...edge.Exchange) diagnose.Failed {
	return diagnose.Read(check.Result{ID: "token.id", Status: check.Fail, Reason: "refused", Started: began, Seconds: 3}, own)
}

func exchange(url string, status int, header http.Header, request, response string) edge.Exchange {
	return edge.Exchange{Method: http.MethodPost, URL: url, Status: status, ResponseHeader: header, RequestBody: []byte(request), ResponseBody: []byte(response)}
}

// TestJoin gives lines to a check by what only it has; what falls in its time stands beside it, and what does not nowhere.
func TestJoin(t *testing.T) {
	t.Parallel()
	own := []edge.Exchange{
		exchange("https://a/application/o/authorize/?state=a-state", 302, http.Header{"X-Authentik-Id": {"request-1"}}, "", ""),
		exchange("https://a/api/v3/flows/executor/x/", 200, nil, `{"uid_field":"user-abcdef"}`, "{}"),
		exchange("https://i/api/oauth/callback", 400, nil, "", `{"message":"no","correlationId":"corr-1"}`),
		exchange("https://i/api/oauth/callback", 400, http.Header{"X-Correlation-Id": {"corr-2"}}, "", `{"message":"no"}`),
	}
	line := func(l diagnose.Line) diagnose.Line {
		if l.At.IsZero() {
			l.At = at(2)
		}
		return l
	}
	for name, c := range map[string]struct {
		line        diagnose.Line
		own, beside bool
	}{
		"by the request at authentik":           {line(diagnose.Line{ID: "request-1"}), true, false},
		"by the ID in a refusal":                {line(diagnose.Line{ID: "corr-1"}), true, false},
		"by the ID in a header":                 {line(diagnose.Line{ID: "corr-2"}), true, false},
		"by the state":                          {line(diagnose.Line{State: "a-state"}), true, false},
		"by the person whom an event names":     {line(diagnose.Line{Who: "user-abcdef"}), true, false},
		"by the person in a text":               {line(diagnose.Line{Text: "Unable to register x/user-abcdef@example.org."}), true, false},
		"of another request":                    {line(diagnose.Line{ID: "request-2", Text: "bad"}), false, true},
		"of nobody":                             {line(diagnose.Line{Text: "bad"}), false, true},
		"within the second that a log cuts off": {diagnose.Line{ID: "corr-1", At: at(-1)}, true, false},
		"of the person, long after":             {diagnose.Line{Who: "user-abcdef", At: at(60)}, false, false},
		"of nobody, long before":                {diagnose.Line{Text: "bad", At: at(-60)}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &diagnose.Evidence{Failed: []diagnose.Failed{failed(own...)}}
			e.Join([]diagnose.Line{c.line})
			assert.Equal(t, c.own, len(e.Failed[0].Own) == 1, "its own")
			assert.Equal(t, c.beside, len(e.Failed[0].Beside) == 1, "beside it")
		})
	}
}

// TestWhatCannotBeJoinedDecidesNothing has an event at the time of a denial: of the same request it decides, of another one
// it does not.
func TestWhatCannotBeJoinedDecidesNothing(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"request-1": "authentik.policy-fails", "request-2": "authentik.policy-denies"} {
		denied := exchange("https://a/application/o/authorize/", 200, http.Header{"X-Authentik-Id": {"request-1"}}, "", "<p>Request has been denied.</p>")
		e := evidenceOf(t, failed(denied))
		e.Join([]diagnose.Line{{By: check.Authentik, At: at(1), Event: "policy_exception", ID: id, Text: "Policy failed to execute"}})
		causes, err := diagnose.Diagnose(e)
		require.NoError(t, err)
		require.Len(t, causes, 1)
		assert.Equal(t, want, causes[0].ID)
		for _, text := range causes[0].Evidence {
			assert.NotContains(t, text, "meanwhile")
		}
	}
}

// TestUnknownShowsWhatWasLogged: the line of the request itself, the reason first; without one, what was logged meanwhile.
func TestUnknownShowsWhatWasLogged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines []diagnose.Line
		want  []string
	}{
		"joined": {
			[]diagnose.Line{
				{By: check.Immich, At: at(1), ID: "corr-1", Text: "Unknown error: Error: OAuth login failed"},
				{By: check.Immich, At: at(1), ID: "corr-1", Text: "OAuth login failed: the reason"},
				{By: check.Immich, At: at(1), ID: "corr-9", Text: "of another"},
			},
			[]string{"Immich logs: OAuth login failed: the reason"},
		},
		"beside": {[]diagnose.Line{{By: check.Authentik, At: at(1), Event: "login_failed", Who: "somebody"}}, []string{"meanwhile, authentik keeps the event login_failed about somebody"}},
		"none":   {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := evidenceOf(t, failed(exchange("https://i/api/oauth/callback", 500, nil, "", `{"message":"Failed to finish oauth","correlationId":"corr-1"}`)))
			e.Join(c.lines)
			causes, err := diagnose.Diagnose(e)
			require.NoError(t, err)
			require.Len(t, causes, 1)
			assert.Equal(t, "unknown", causes[0].ID)
			assert.Equal(t, c.want, causes[0].Evidence)
		})
	}
}

// evidenceOf is that of a pair with nothing against it.
func evidenceOf(t testing.TB, all ...diagnose.Failed) *diagnose.Evidence {
	t.Helper()
	catalogue, err := version.Load()
	require.NoError(t, err)
	authentik, err := catalogue.Resolve(version.Authentik, "2025.8.1")
	require.NoError(t, err)
	immich, err := catalogue.Resolve(version.Immich, "v2.7.5")
	require.NoError(t, err)
	return &diagnose.Evidence{Failed: all, Facts: diagnose.Facts{
		Authentik: authentik, Immich: immich, Guide: &guide.Settings{}, AuthentikURL: "https://a", ImmichURL: "https://i",
		OAuth: diagnose.OAuth{Enabled: true, AutoRegister: true, SameSecret: true},
	}}
}
