package live_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/live"
)

// at is who reaches a window, as a browser that was started with its options.
func at(t *testing.T, w *live.Window) *http.Transport {
	t.Helper()
	places := map[string]string{}
	for _, rule := range regexp.MustCompile(`MAP (\S+:\d+) ([\d.]+:\d+)`).FindAllStringSubmatch(w.Browser("chrome").HostRules, -1) {
		places[rule[1]] = rule[2]
	}
	carrier := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, places[address])
		},
	}
	t.Cleanup(carrier.CloseIdleConnections)
	return carrier
}

// TestAWindowShowsALoginAlone holds that a browser does no more than a passage does, and that no photo is in its pictures.
func TestAWindowShowsALoginAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, address string
		passes          bool
	}{
		{http.MethodGet, "https://photos.example.org/photos", true},
		{http.MethodGet, "https://auth.example.org:8443/if/flow/x/", true},
		{http.MethodPost, "https://photos.example.org/api/oauth/callback", true},
		{http.MethodPost, "https://photos.example.org/api/auth/login", false},
		{http.MethodPut, "https://photos.example.org/api/users/me", false},
		{http.MethodGet, "https://photos.example.org/api/assets/x/thumbnail", false},
		{http.MethodGet, "https://photos.example.org/api/people/x/thumbnail", false},
		{http.MethodGet, "https://photos.example.org/api/users/x/profile-image", false},
	} {
		t.Run(tt.method+" "+tt.address, func(t *testing.T) {
			t.Parallel()
			base := &answering{}
			tr, _ := passage(base)
			p := tr.Passage("https://photos.example.org", "https://auth.example.org:8443")
			w, err := p.Window()
			require.NoError(t, err)
			defer w.Close()
			assert.Regexp(t, `, MAP \* ~NOTFOUND$`, w.Browser("chrome").HostRules)
			response, err := at(t, w).RoundTrip(request(t, tt.method, tt.address))
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			made, wrote := p.Made()
			if !tt.passes {
				assert.Equal(t, http.StatusForbidden, response.StatusCode)
				assert.Empty(t, base.seen)
				assert.Zero(t, made)
				return
			}
			u, err := url.Parse(tt.address)
			require.NoError(t, err)
			assert.Equal(t, []string{tt.method + " " + u.String()}, base.seen)
			assert.Equal(t, 1, made)
			assert.Equal(t, tt.method == http.MethodPost, wrote == 1)
		})
	}
}
