package journey

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/edge"
)

func TestTheAddressOfALandingIsTakenByteForByte(t *testing.T) {
	t.Parallel()
	const to = `app.immich:/oauth-callback?code=abc&state=a'b%2f%2F|`
	location := func(address string) http.Header { return http.Header{"Location": {address}} }
	for name, c := range map[string]struct {
		exchange edge.Exchange
		want     string
	}{
		"a redirect":           {edge.Exchange{Status: 302, ResponseHeader: location(to)}, to},
		"a challenge":          {edge.Exchange{Status: 200, ResponseBody: []byte(`{"component": "xak-flow-redirect", "to": "app.immich:/oauth-callback?code=abc&state=a'b%2f%2F|"}`)}, to},
		"another's redirect":   {edge.Exchange{Status: 302, ResponseHeader: location("app.immich:/oauth-callback?code=xyz")}, ""},
		"another's challenge":  {edge.Exchange{ResponseBody: []byte(`{"to": "app.immich:/oauth-callback?code=xyz", "token": "abc"}`)}, ""},
		"a page with the code": {edge.Exchange{ResponseBody: []byte(`<p>abc`)}, ""},
		"nothing":              {edge.Exchange{}, ""},
	} {
		assert.Equal(t, c.want, redirectOf(&c.exchange, "abc"), name)
		assert.Empty(t, redirectOf(&c.exchange, ""), "no code finds nothing: %s", name)
	}
}
