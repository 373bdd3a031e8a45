package suites_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// The forms of an ID, and of a key or value of a variant.
var (
	dotted = regexp.MustCompile(`^[a-z]+(\.[a-z][a-z-]*)+$`)
	plain  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)
)

// TestCatalogue holds the catalogue to its rules on every revision of the guide with a spread of releases.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	revisions, err := guide.Revisions()
	require.NoError(t, err)
	ids := map[string]bool{}
	for _, revision := range revisions {
		for _, authentik := range spread(t, version.Authentik) {
			for _, immich := range spread(t, version.Immich) {
				at := fmt.Sprintf("%s × %s × %s", authentik.Version, immich.Version, revision.Revision)
				checks, exclusions := suites.Catalogue(suites.Cell{Guide: &revision.Settings, Authentik: authentik, Immich: immich})
				assertCell(t, at, checks)
				for _, c := range checks {
					ids[c.ID] = true
				}
				for _, e := range exclusions {
					assert.NotEmpty(t, e.Reason, "%s: %s is excluded", at, e.ID)
				}
			}
		}
	}
	for a := range ids {
		assert.Regexp(t, dotted, a)
		for b := range ids {
			assert.False(t, strings.HasPrefix(b, a+"."), "%s is a prefix of %s", a, b)
		}
	}
}

// assertCell checks what has to hold among the checks of one cell.
func assertCell(t *testing.T, at string, checks []suites.Check) {
	t.Helper()
	ids, names := map[string]bool{}, map[string]bool{}
	for _, c := range checks {
		assert.False(t, names[c.Name()], "%s: two checks are called %s", at, c.Name())
		ids[c.ID], names[c.Name()] = true, true
	}
	for _, c := range checks {
		assertCheck(t, at, c)
		for _, need := range c.Needs {
			assert.True(t, ids[need] || names[need], "%s: %s needs %s, which is not planned", at, c.Name(), need)
		}
	}
}

func assertCheck(t *testing.T, at string, c suites.Check) {
	t.Helper()
	at += ": " + c.Name()
	assert.NotEmpty(t, c.Title, at)
	assert.NotEmpty(t, c.Level, at)
	assert.NotNil(t, c.Body, at)
	var pairs []string
	for key, value := range c.Variant {
		assert.Regexp(t, plain, key, at)
		assert.Regexp(t, plain, value, at)
		pairs = append(pairs, key+"="+value)
	}
	slices.Sort(pairs)
	assert.Equal(t, strings.Join(pairs, ","), c.Variant.String(), at)
	keys := map[string]bool{}
	for _, q := range c.Requirements {
		assert.False(t, keys[q.Key], "%s: two requirements are called %s", at, q.Key)
		assert.NotEmpty(t, q.Text, "%s: %s", at, q.Key)
		assert.NotEmpty(t, q.Source, "%s: %s", at, q.Key)
		keys[q.Key] = true
	}
	assert.NotEmpty(t, keys, "%s is bound to no requirement", at)
}

// spread is the first and the last release of a product that a run takes, and every seventh between.
func spread(t *testing.T, product version.Product) []*version.Release {
	t.Helper()
	all, err := version.Load()
	require.NoError(t, err)
	supported := slices.DeleteFunc(all.Releases(product), func(r *version.Release) bool { return r.Unsupported != "" })
	var some []*version.Release
	for i, r := range supported {
		if i%7 == 0 || i == len(supported)-1 {
			some = append(some, r)
		}
	}
	return some
}

// TestNoSecretIsAskedOfAPublicClient keeps a public client, which has none to prove, from being called a violation.
func TestNoSecretIsAskedOfAPublicClient(t *testing.T) {
	t.Parallel()
	page, err := guide.Builtin("2024-03-28")
	require.NoError(t, err)
	page.ClientType.Value = "Public"
	checks, exclusions := suites.Catalogue(suites.Cell{Guide: page, Authentik: spread(t, version.Authentik)[0], Immich: spread(t, version.Immich)[0]})
	assert.False(t, slices.ContainsFunc(checks, func(c suites.Check) bool { return c.ID == "op.client-secret" }))
	assert.True(t, slices.ContainsFunc(exclusions, func(e suites.Exclusion) bool { return e.ID == "op.client-secret" }))
}
