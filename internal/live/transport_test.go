package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/ssoproof/ssoproof/internal/live"
)

// answering answers every request alike, and remembers them.
type answering struct {
	seen  []string
	agent string
	took  time.Duration
	body  string
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	a.seen, a.agent = append(a.seen, r.Method+" "+r.URL.String()), r.UserAgent()
	select {
	case <-time.After(a.took):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	h := http.Header{"Location": {"https://auth.example.org/?state=hush&code_challenge=hush"}, "Set-Cookie": {"a=hush"}, "Content-Type": {"text/plain"}}
	return &http.Response{StatusCode: http.StatusFound, Header: h, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

func transport(base http.RoundTripper, most int, r rate.Limit) *live.Transport {
	return live.NewTransport(live.TransportOptions{Immich: []string{"https://photos.example.org"}, Agent: "ssoproof/test (doctor)", Base: base, Most: most, Rate: r})
}

func request(t *testing.T, method, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	require.NoError(t, err)
	return r
}

func TestNothingPassesThatChangesAnything(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, address string
		passes          bool
	}{
		{http.MethodGet, "https://photos.example.org/api/server/ping", true},
		{http.MethodHead, "https://auth.example.org/", true},
		{http.MethodPost, "https://photos.example.org/api/oauth/authorize", true},
		{http.MethodPost, "https://photos.example.org/api/oauth/authorize?x=1", false},
		{http.MethodPost, "https://photos.example.org/api/oauth/authorize/", false},
		{http.MethodPost, "https://photos.example.org/api/oauth/callback", false},
		{http.MethodPost, "https://photos.example.org/api/auth/login", false},
		{http.MethodPost, "http://photos.example.org/api/oauth/authorize", false},
		{http.MethodPost, "https://auth.example.org/api/oauth/authorize", false},
		{http.MethodPost, "https://photos.example.org:8443/api/oauth/authorize", false},
		{http.MethodPut, "https://photos.example.org/api/oauth/authorize", false},
		{http.MethodPut, "https://photos.example.org/api/system-config", false},
		{http.MethodDelete, "https://photos.example.org/api/users/me", false},
		{http.MethodPatch, "https://auth.example.org/api/v3/providers/oauth2/1/", false},
		{http.MethodOptions, "https://auth.example.org/", false},
	} {
		t.Run(tt.method+" "+tt.address, func(t *testing.T) {
			t.Parallel()
			base := &answering{}
			_, err := transport(base, 0, rate.Inf).RoundTrip(request(t, tt.method, tt.address))
			if tt.passes {
				require.NoError(t, err)
				assert.Equal(t, []string{tt.method + " " + tt.address}, base.seen)
				assert.Equal(t, "ssoproof/test (doctor)", base.agent)
				return
			}
			refused := new(live.RefusedError)
			require.ErrorAs(t, err, &refused)
			assert.Empty(t, base.seen, "nothing is sent")
		})
	}
}

func TestRequest61IsRefused(t *testing.T) {
	t.Parallel()
	base := &answering{}
	tr := transport(base, 0, rate.Inf)
	for range live.DefaultMost {
		_, err := tr.RoundTrip(request(t, http.MethodGet, "https://photos.example.org/"))
		require.NoError(t, err)
	}
	_, err := tr.RoundTrip(request(t, http.MethodGet, "https://photos.example.org/"))
	require.EqualError(t, err, "the doctor has made its 60 requests, and makes no more")
	assert.Len(t, base.seen, 60)
	assert.Zero(t, tr.Left())
}

func TestRequestsArePaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr, began := transport(&answering{}, 0, 0), time.Now()
		for range 9 {
			_, err := tr.RoundTrip(request(t, http.MethodGet, "https://photos.example.org/"))
			require.NoError(t, err)
		}
		assert.Equal(t, 4*time.Second, time.Since(began).Round(time.Millisecond), "2 a second")
	})
}

func TestADeadlineSaysHowLongItWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, err := transport(&answering{took: time.Hour}, 0, 0).RoundTrip(request(t, http.MethodGet, "https://photos.example.org/"))
		require.EqualError(t, err, "no answer within 20s")
	})
}

func TestWhatIsRecordedHoldsNoSecret(t *testing.T) {
	t.Parallel()
	tr := transport(&answering{body: `{"url":"https://auth.example.org/?scope=openid&state=hush","n":"/flow/?next=%2Fauthorize%2F%3Fclient_id%3Dabc%26state%3Dhush%26x%3D1"}`}, 0, rate.Inf)
	r := request(t, http.MethodGet, "https://auth.example.org/application/o/authorize/?client_id=abc&state=hush&code_challenge=hush&nonce=hush&redirect_uri=app.immich%3A%2F")
	r.Header.Set("Cookie", "session=hush")
	_, err := tr.RoundTrip(r)
	require.NoError(t, err)
	read := request(t, http.MethodGet, "https://auth.example.org/api/v3/providers/oauth2/")
	read.Header.Set("Authorization", "Bearer hush")
	_, err = tr.RoundTrip(read)
	require.NoError(t, err)
	require.Len(t, tr.Exchanges(), 2)
	assert.NotContains(t, fmt.Sprint(tr.Exchanges()[1].RequestHeader), "hush")
	assert.Empty(t, tr.Exchanges()[1].ResponseBody, "what is for who has the credential")
	x := tr.Exchanges()[0]
	said := fmt.Sprint(x.URL, x.RequestHeader, x.ResponseHeader, string(x.RequestBody), string(x.ResponseBody))
	assert.NotContains(t, said, "hush")
	for _, kept := range []string{"client_id=abc", "redirect_uri=app.immich", "text/plain", "scope=openid", "client_id%3Dabc", "x%3D1"} {
		assert.Contains(t, said, kept)
	}
}

func TestAnAnswerIsReadToABound(t *testing.T) {
	t.Parallel()
	tr := transport(&answering{body: strings.Repeat("x", 3<<20)}, 0, rate.Inf)
	response, err := tr.RoundTrip(request(t, http.MethodGet, "https://photos.example.org/"))
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Len(t, body, 512<<10)
}

// TestANameWithSeveralAddresses holds that each is looked at by itself.
func TestANameWithSeveralAddresses(t *testing.T) {
	t.Parallel()
	base := &answering{}
	tr := live.NewTransport(live.TransportOptions{
		Immich: []string{"https://photos.example.org"}, Base: base, Rate: rate.Inf,
		Lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
			assert.Equal(t, "photos.example.org", host)
			return []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")}, nil
		},
	})
	seen, err := live.Ask(t.Context(), tr, live.Question{Immich: "https://photos.example.org"})
	require.NoError(t, err)
	require.Len(t, seen.Immich.Fronts, 2)
	assert.Equal(t, "192.0.2.7:443", seen.Immich.Fronts[0].Address.String())
	assert.Equal(t, "[2001:db8::7]:443", seen.Immich.Fronts[1].Address.String())
	assert.Equal(t, live.DefaultMost-4, tr.Left(), "the name, each address, and http")
}

func TestANameThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	nowhere := errors.New("no such host")
	base := &answering{}
	tr := live.NewTransport(live.TransportOptions{
		Base: base, Rate: rate.Inf, Lookup: func(context.Context, string) ([]netip.Addr, error) { return nil, nowhere },
	})
	seen, err := live.Ask(t.Context(), tr, live.Question{Immich: "https://photos.example.org"})
	require.NoError(t, err)
	require.ErrorIs(t, seen.Immich.NoAddress, nowhere)
	assert.Empty(t, base.seen)
}
