package pyre_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/pyre"
)

// TestFull holds matches against what Python's re.fullmatch says of the same texts.
func TestFull(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{`https://immich.company/auth/login`, "https://immichXcompany/auth/login", true},
		{`https://immich\.company/auth/login`, "https://immichXcompany/auth/login", false},
		{`https://immich\.company/auth/login`, "https://immich.company/auth/login\n", false},
		{`https://immich\.company/.*$`, "https://immich.company/auth/login\n", false},
		{`https://immich\.company/.*`, "https://immich.company/a\nb", false},
		{`https://immich\.company/(?!api).*`, "https://immich.company/auth/login", true},
		{`https://immich\.company/(?!api).*`, "https://immich.company/api/oauth/mobile-redirect", false},
		{`a|ab`, "ab", true},
		{`(?P<host>immich)\Z`, "immich", true},
		{``, "", true},
	}
	for _, test := range tests {
		got, err := pyre.Full(test.pattern, test.text)
		require.NoError(t, err, test.pattern)
		assert.Equal(t, test.want, got, "%s on %q", test.pattern, test.text)
	}
}

func TestAPatternThatCannotBeReadIsNoRefusal(t *testing.T) {
	t.Parallel()
	_, err := pyre.Full(`https://immich\.company/(`, "https://immich.company/")
	require.ErrorContains(t, err, "cannot be read")
	_, err = pyre.Full(`(a|aa)+[bc]`, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!b")
	require.Error(t, err, "a match without an end")
	require.Error(t, pyre.Valid(`(`))
	require.NoError(t, pyre.Valid(`(?<!x)y`))
}
