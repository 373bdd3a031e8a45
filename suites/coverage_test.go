package suites_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// TestEveryDocumentedValueIsCovered holds that on a cell of its own release, with the newest Immich, some check puts each
// value that a built-in revision documents to the proof, or a reason is written. The newest ones are held against
// 2026.2, too.
func TestEveryDocumentedValueIsCovered(t *testing.T) {
	t.Parallel()
	facts, err := version.Load()
	require.NoError(t, err)
	revisions, err := guide.Revisions()
	require.NoError(t, err)
	excused := map[string]bool{}
	immich := shipping(facts.Releases(version.Immich), "")
	known, err := facts.Resolve(version.Authentik, july.authentik)
	require.NoError(t, err)
	for _, revision := range revisions {
		releases := []*version.Release{shipping(facts.Releases(version.Authentik), revision.Revision)}
		if revision.Revision >= known.Guide {
			releases = append(releases, known)
		}
		for _, authentik := range releases {
			cell := suites.Cell{Guide: &revision.Settings, Authentik: authentik, Immich: immich}
			for _, d := range revision.Documented() {
				reason := suites.Uncovered(d.Key)
				excused[d.Key] = reason != ""
				assert.Equal(t, reason == "", slices.Contains(covered(cell), d.Key), "%s with authentik %s: %s is put to the proof; the reason why not is %q",
					revision.Ref(d.Line), authentik.Version, d.Key, reason)
			}
		}
	}
	assert.True(t, excused["provider_name"], "a reason for what no page documents")
}

// covered are the settings that the checks of a cell put to the proof.
func covered(c suites.Cell) []string {
	var keys []string
	checks, _ := suites.Catalogue(c)
	for _, c := range checks {
		keys = append(keys, c.Covers...)
	}
	return keys
}

// shipping is the newest release with a revision of the guide, or the newest of all.
func shipping(releases []*version.Release, revision string) *version.Release {
	for _, r := range slices.Backward(releases) {
		if r.Guide == revision && r.Unsupported == "" {
			return r
		}
	}
	return releases[len(releases)-1]
}

// TestChecksCoverWhatPagesDocument keeps keys from being misspelt.
func TestChecksCoverWhatPagesDocument(t *testing.T) {
	t.Parallel()
	revisions, err := guide.Revisions()
	require.NoError(t, err)
	documented := map[string]bool{"immich_signing_algorithm": true, "application_slug": true}
	for _, revision := range revisions {
		for _, d := range revision.Documented() {
			documented[d.Key] = true
		}
	}
	for _, revision := range revisions {
		for _, immich := range spread(t, version.Immich) {
			for _, authentik := range spread(t, version.Authentik) {
				checks, _ := suites.Catalogue(suites.Cell{Guide: &revision.Settings, Authentik: authentik, Immich: immich})
				for _, c := range checks {
					for _, key := range c.Covers {
						assert.True(t, documented[key], "%s covers %q, which no page documents", c.Name(), key)
					}
				}
			}
		}
	}
}
