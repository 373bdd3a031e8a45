package immich_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStoredTellsWhatTheGuideIsSilentOn(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.config["oauth"].(object)["clientSecret"] = "a-secret"
	a.config["passwordLogin"] = object{"enabled": false}
	stored, err := a.client().Stored(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"oauth.enabled": "false", "oauth.issuerUrl": "", "oauth.scope": "openid email profile", "oauth.signingAlgorithm": "RS256",
		"oauth.buttonText": "Login with OAuth", "oauth.timeout": "30000", "oauth.defaultStorageQuota": "null", "passwordLogin.enabled": "false",
	}, stored)
}
