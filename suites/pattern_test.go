package suites_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestPatternStandsForTheClientsThatItAccepts keeps a pattern from being asked for as if it were an address.
func TestPatternStandsForTheClientsThatItAccepts(t *testing.T) {
	t.Parallel()
	checks, _, err := run.Catalogue(t.Context(), run.Options{Authentik: "2024.8.4", Immich: usual.immich, Guide: "testdata/pattern.md"})
	require.NoError(t, err)
	var names []string
	for _, c := range checks {
		names = append(names, c.Name())
	}
	for _, name := range []string{
		"redirect.documented[uri=app]", "redirect.documented[uri=login]", "redirect.documented[uri=link]",
		"redirect.refused[uri=app]", "redirect.refused[uri=login]", "redirect.refused[uri=link]",
	} {
		assert.Contains(t, names, name)
	}
}

// TestAPatternThatOnlyAuthentikCanRead has authentik say what it accepts; its double cannot read the pattern either, and
// compares letter by letter.
func TestAPatternThatOnlyAuthentikCanRead(t *testing.T) {
	perform(t, []experiment{{
		name: "possessive", cell: cell{authentik: "2024.8.4", guide: "testdata/possessive.md"},
		noLogin: true, fail: []string{"guide.covers-clients"},
		inconclusive: append([]string{"token.id", "rp.tabs", "rp.password", "rp.secret"}, unjudged...),
		says:         "the web app's login sends a redirect URI that the guide does not register",
	}}, func(*testing.T, []check.Result) {})
}
