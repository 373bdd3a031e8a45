package version_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/version"
)

const rangesAuthentik = `image: example.org/authentik:{version}
port: 9000
services:
  postgres: {image: "postgres:16"}
lines:
  - {line: 2024.2, unsupported: it is too old, releases: [2024.2.0, 2024.2.1]}
  - {line: 2024.8, guide: 2024-03-28, released: 2024-09-02, releases: [2024.8.0, 2024.8.4, 2024.8.6]}
  - {line: 2024.10, releases: [2024.10.0, 2024.10.3]}
  - {line: 2025.2, releases: [2025.2.0]}
`

func versionsOf(releases []*version.Release) []string {
	var all []string
	for _, r := range releases {
		all = append(all, r.Version)
	}
	return all
}

func TestSelect(t *testing.T) {
	t.Parallel()
	c, err := loadSmall(rangesAuthentik, smallImmich, "proven: []")
	require.NoError(t, err)
	all := []string{"2024.8.0", "2024.8.4", "2024.8.6", "2024.10.0", "2024.10.3", "2025.2.0"}
	tests := map[string]struct {
		ranges, wrong    string
		taken, refused   []string
		newestOfEachLine []string
	}{
		"everything":         {ranges: "", taken: all, refused: []string{"2024.2.0", "2024.2.1"}, newestOfEachLine: []string{"2024.8.6", "2024.10.3", "2025.2.0"}},
		"a star":             {ranges: "*", taken: all, refused: []string{"2024.2.0", "2024.2.1"}},
		"from a line on":     {ranges: ">=2024.8", taken: all},
		"October after 8":    {ranges: ">2024.8", taken: []string{"2024.10.0", "2024.10.3", "2025.2.0"}},
		"up to a line":       {ranges: "<=2024.8", taken: []string{"2024.8.0", "2024.8.4", "2024.8.6"}, refused: []string{"2024.2.0", "2024.2.1"}},
		"between":            {ranges: ">=2024.8.4 <2025.2", taken: []string{"2024.8.4", "2024.8.6", "2024.10.0", "2024.10.3"}},
		"with a comma":       {ranges: ">=2024.8.4, <2024.10", taken: []string{"2024.8.4", "2024.8.6"}},
		"within a line":      {ranges: "<2024.8.5 >=2024.8", taken: []string{"2024.8.0", "2024.8.4"}, newestOfEachLine: []string{"2024.8.4"}},
		"a line":             {ranges: "2024.10", taken: []string{"2024.10.0", "2024.10.3"}},
		"either":             {ranges: "2024.8.4 || >=2025", taken: []string{"2024.8.4", "2025.2.0"}},
		"all but one":        {ranges: ">=2024.10 !=2024.10.0", taken: []string{"2024.10.3", "2025.2.0"}},
		"too new":            {ranges: ">=2030", wrong: `authentik range ">=2030": no known release lies in it; nearest known: 2025.2.0`},
		"between two":        {ranges: ">2024.8.6 <2024.9", wrong: `authentik range ">2024.8.6 <2024.9": no known release lies in it; nearest known: 2024.8.6, 2024.10.0`},
		"contradiction":      {ranges: ">=2025.2 <2024.10", wrong: `authentik range ">=2025.2 <2024.10": no known release lies in it; nearest known: 2024.10.0, 2024.10.3, 2025.2.0`},
		"older than allowed": {ranges: "<2024.8", wrong: `authentik range "<2024.8": a run refuses the releases in it, since it is too old; nearest known: 2024.8.0, 2024.8.4`},
		"no range":           {ranges: "newest", wrong: `authentik range "newest": it is not a range such as '>=2024.8 <2025.2' or '2.7.5 || >=3'`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taken, refused, err := c.Select(version.Authentik, tt.ranges)
			if tt.wrong != "" {
				var empty *version.RangeError
				require.ErrorAs(t, err, &empty)
				assert.Equal(t, tt.wrong, err.Error())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.taken, versionsOf(taken))
			assert.Equal(t, tt.refused, versionsOf(refused))
			if tt.newestOfEachLine != nil {
				assert.Equal(t, tt.newestOfEachLine, versionsOf(version.NewestOfEachLine(taken)))
			}
		})
	}
}

func TestLinesKnowTheDayOfTheirFirstRelease(t *testing.T) {
	t.Parallel()
	c, err := loadSmall(rangesAuthentik, smallImmich, "proven: []")
	require.NoError(t, err)
	r, err := c.Resolve(version.Authentik, "2024.8.4")
	require.NoError(t, err)
	assert.Equal(t, "2024-09-02", r.LineReleased)
	r, err = c.Resolve(version.Authentik, "2024.10")
	require.NoError(t, err)
	assert.Empty(t, r.LineReleased, "not known, and not guessed from the line's number")
	_, err = loadSmall(strings.Replace(rangesAuthentik, "2024-09-02", "in autumn", 1), smallImmich, "proven: []")
	assert.ErrorContains(t, err, `fixtures/versions/authentik.yaml:7: "in autumn" is not a date`)
}

// A wrong day would pair releases that nobody ran together, and silently.
func TestLinesCameOutInOrder(t *testing.T) {
	t.Parallel()
	for _, product := range []version.Product{version.Authentik, version.Immich} {
		before := ""
		for _, r := range load(t).Releases(product) {
			if r.LineReleased != "" {
				assert.LessOrEqual(t, before, r.LineReleased, "%s %s", product, r.Version)
				before = r.LineReleased
			}
		}
		assert.NotEmpty(t, before, product)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	want := []string{"v1.132.3", "v2.0.1", "v2.7.5", "v3.0.0-rc.1", "v3.0.0", "v10.0.0", "main", "nightly"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, version.Compare)
	assert.Equal(t, want, got)
}
