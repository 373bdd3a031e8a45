package browser

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/assert"
)

// No page and no command can make Chrome report a network change, so the event is given to the trail itself.
func TestANetworkChangeDisturbsTheSession(t *testing.T) {
	t.Parallel()
	for text, disturbed := range map[string]bool{
		"net::ERR_NETWORK_CHANGED": true, "net::ERR_SOCKET_NOT_CONNECTED": true, "net::ERR_ABORTED": false, "net::ERR_CONNECTION_RESET": false,
	} {
		s := &Session{trail: newTrail()}
		assert.NoError(t, s.Disturbed())
		s.listen(&network.EventLoadingFailed{ErrorText: text})
		if disturbed {
			assert.ErrorContains(t, s.Disturbed(), text)
		} else {
			assert.NoError(t, s.Disturbed(), text)
		}
	}
}

func TestADisturbanceEndsAStrictSession(t *testing.T) {
	t.Parallel()
	s := &Session{trail: newTrail()}
	s.life, s.end = context.WithCancelCause(t.Context())
	failed := &network.EventLoadingFailed{ErrorText: aborted[0]}
	s.listen(failed)
	assert.NoError(t, s.life.Err())
	s.Strict()
	s.listen(failed)
	assert.Equal(t, s.Disturbed(), context.Cause(s.life))
}

func TestAnErrorNamesAnAddressWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	for address, shown := range map[string]string{
		"https://immich.company/auth/login?code=secret&state=s#secret": "https://immich.company/auth/login",
		"https://user:secret@immich.company/":                          "https://immich.company/",
		"app.immich:///oauth-callback?code=secret":                     "app.immich:///oauth-callback",
		"app.immich:/oauth-callback?code=secret":                       "app.immich:/oauth-callback",
		"app.immich:oauth-callback?code=secret":                        "app.immich:oauth-callback",
		"data:text/html,secret":                                        "data:…",
		"javascript:alert('secret')":                                   "javascript:…",
		"%zz":                                                          "an unreadable address",
	} {
		assert.Equal(t, shown, withoutQuery(address), address)
	}
}
