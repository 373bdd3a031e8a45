package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// TestNoSecretIsRepeated has a server that answers with everything that it was sent.
func TestNoSecretIsRepeated(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body any
		_ = json.NewDecoder(r.Body).Decode(&body)
		echo, _ := json.Marshal(body)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(strings.Join([]string{
			string(echo), r.URL.RawQuery, r.URL.Query().Get("code"), r.Header.Get("Authorization"), r.Header.Get("Cookie"), r.Header.Get("X-Immich-User-Token"),
		}, " ")))
	}))
	t.Cleanup(server.Close)
	type fields = map[string]any
	tests := []struct {
		name   string
		call   rest.Request
		header http.Header
		kept   string // must stay legible
	}{
		{"body", rest.Request{Body: fields{"client_secret": "hush-1", "name": "Immich"}}, nil, "Immich"},
		{"nested body", rest.Request{Body: fields{"oauth": fields{"clientSecret": "hush-2"}, "all": []any{fields{"password": "hush-3"}}}}, nil, "oauth"},
		{"URL in body", rest.Request{Body: fields{"url": "https://immich.company/auth/login?state=s&code=hush-4"}}, nil, "immich.company"},
		{"verifier", rest.Request{Body: fields{"codeVerifier": "hush-5"}}, nil, "codeVerifier"},
		{"struct", rest.Request{Body: struct {
			Password string `json:"password"`
		}{"hush-6"}}, nil, "password"},
		{"query", rest.Request{RawQuery: "state=s&code=hush%2D7"}, nil, "state=s"},
		{"bearer", rest.Request{}, http.Header{"Authorization": {"Bearer hush-8"}}, "Bearer"},
		{"token", rest.Request{}, http.Header{"X-Immich-User-Token": {"hush-9"}}, ""},
		{"cookie header", rest.Request{}, http.Header{"Cookie": {"immich_access_token=hush-10; immich_auth_type=oauth"}}, "immich_auth_type=oauth"},
		{"cookie", rest.Request{Cookies: []*http.Cookie{{Name: "immich_oauth_code_verifier", Value: "hush-11"}}}, nil, ""},
		{"a secret within a secret", rest.Request{Body: fields{"token": "hush", "password": "hush-12"}}, nil, ""},
		{"a setting that sounds like one", rest.Request{Body: fields{"tokenEndpointAuthMethod": "client_secret_post", "access_token_validity": "minutes=5"}}, nil, "client_secret_post"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := rest.Client{Product: "p", BaseURL: server.URL, HTTP: server.Client(), Header: test.header}
			test.call.Method, test.call.Path = http.MethodPost, "/x"
			_, err := c.Do(t.Context(), test.call, nil)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "hush")
			assert.NotContains(t, err.Error(), "-12")
			assert.Contains(t, err.Error(), test.kept)
		})
	}
}

func TestDoSaysWhichCallFailedAndHow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, contentType, body, want string
		status                        int
	}{
		{"page", "text/html; charset=utf-8", `<html><title>T</title><h1 class="x"> Redirect <b>URI</b> Error </h1><p></p><p>It&#x27;s wrong.</p>`, "p: GET /x: 400 Redirect URI Error: It's wrong.", 400},
		{"page without heading", "text/html", `<title>502 Bad Gateway</title>`, "p: GET /x: 502 502 Bad Gateway", 502},
		{"text", "text/plain", "first line\nsecond", "p: GET /x: 500 first line", 500},
		{"long text", "text/plain", strings.Repeat("ä", 400), "p: GET /x: 500 " + strings.Repeat("ä", 300) + "…", 500},
		{"not JSON", "application/json", "<html>", "p: GET /x: 200, but the answer is not the expected JSON: invalid character '<' looking for beginning of value", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			t.Cleanup(server.Close)
			c := rest.Client{Product: "p", BaseURL: server.URL, HTTP: server.Client()}
			var out map[string]any
			_, err := c.Do(t.Context(), rest.Request{Method: http.MethodGet, Path: "/x"}, &out)
			require.EqualError(t, err, test.want)
			assert.Equal(t, test.status == 400, rest.Is(err, 400))
		})
	}
}

func TestDoNamesNoQueryWhereNobodyAnswers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	c := rest.Client{Product: "p", BaseURL: server.URL, HTTP: http.DefaultClient}
	_, err := c.Do(t.Context(), rest.Request{Method: http.MethodGet, Path: "/x", RawQuery: "code=hush"}, nil)
	require.ErrorContains(t, err, "p: GET /x: ")
	assert.NotContains(t, err.Error(), "hush")
}

func TestPollGivesUpOnALookThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		look := func(ctx context.Context) rest.Look {
			if looks++; looks == 1 {
				<-ctx.Done() // as a product that takes the connection while it migrates
				return rest.Look{Missing: "an answer", Answer: ctx.Err()}
			}
			return rest.Look{}
		}
		started := time.Now()
		require.NoError(t, rest.Poll(t.Context(), "p", look, nil))
		assert.Equal(t, 2, looks)
		assert.Less(t, time.Since(started), time.Minute)
	})
}

func TestPollKeepsTheLastAnswerAndNotItsOwnDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		starting := errors.New("503 starting")
		var told []string
		err := rest.Poll(ctx, "p", func(ctx context.Context) rest.Look {
			if time.Until(deadline(ctx)) < 2*time.Second {
				<-ctx.Done()
				return rest.Look{Missing: "a", Answer: ctx.Err()}
			}
			return rest.Look{Missing: "a", Answer: starting}
		}, func(line string) { told = append(told, line) })
		require.EqualError(t, err, "p was not ready after 5s: missing a; last answer: 503 starting")
		require.ErrorIs(t, err, starting)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, []string{"waiting for a"}, told, "told once, not at every look")
	})
}

func deadline(ctx context.Context) time.Time {
	at, _ := ctx.Deadline()
	return at
}

func TestPollEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("interrupted")
		ctx, cancel := context.WithCancelCause(t.Context())
		err := rest.Poll(ctx, "p", func(context.Context) rest.Look { cancel(cause); return rest.Look{Missing: "a"} }, nil)
		require.ErrorIs(t, err, cause)
	})
}
