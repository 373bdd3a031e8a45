package matrix_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/matrix"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Two of the five lines of authentik cannot take part: 2024.2, which a run refuses, and 2025.4, of which no guide is known.
const smallAuthentik = `image: example.org/authentik:{version}
port: 9000
services:
  postgres: {image: "postgres:16"}
lines:
  - {line: 2024.2, guide: 2023-12-15, unsupported: it is too old, releases: [2024.2.0, 2024.2.1]}
  - {line: 2024.8, guide: 2024-03-28, released: 2024-09-02, releases: [2024.8.0, 2024.8.6]}
  - {line: 2024.10, guide: 2024-09-11, released: 2024-10-30, releases: [2024.10.0]}
  - {line: 2024.12, guide: 2024-09-11, released: 2024-12-19, releases: [2024.12.0, 2024.12.5]}
  - {line: 2025.4, released: 2025-04-29, releases: [2025.4.0]}
`

// v2.7 has no day.
const smallImmich = `image: example.org/immich:{version}
port: 2283
media: /data
services:
  postgres: {image: "postgres:16"}
apps:
  - {name: "2.6", redirect_uri: "app.immich:///oauth-callback", pkce: true, session: cookies, user_agent: "immich-android/{version}"}
lines:
  - {line: v2.5, released: 2024-10-01, releases: [v2.5.0]}
  - {line: v2.6, released: 2024-12-01, releases: [v2.6.0, v2.6.1]}
  - {line: v2.7, releases: [v2.7.4, v2.7.5]}
  - {line: v3.0, released: 2025-01-15, releases: [v3.0.0]}
`

func small(t *testing.T) *version.Catalogue {
	t.Helper()
	c, err := version.LoadFrom(fstest.MapFS{
		"authentik.yaml": {Data: []byte(smallAuthentik)}, "immich.yaml": {Data: []byte(smallImmich)},
		"proven.yaml": {Data: []byte("proven: []")},
	})
	require.NoError(t, err)
	return c
}

func known(t *testing.T) *version.Catalogue {
	t.Helper()
	c, err := version.Load()
	require.NoError(t, err)
	return c
}

func plan(t *testing.T, c *version.Catalogue, q matrix.Query) *matrix.Matrix {
	t.Helper()
	m, err := matrix.Plan(c, q)
	require.NoError(t, err)
	return m
}

// described is each cell with its reasons, a line each.
func described(m *matrix.Matrix) []string {
	var lines []string
	for _, c := range m.Cells {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", c.Authentik, c.Immich, c.Guide, strings.Join(c.Reasons, "; ")))
	}
	return lines
}

func TestFrontier(t *testing.T) {
	t.Parallel()
	m := plan(t, small(t), matrix.Query{Strategy: matrix.Frontier})
	assert.Equal(t, []string{
		"2024.8.6 v2.5.0 2024-03-28: current together from 2024-10-01; first with guide 2024-03-28",
		"2024.8.6 v3.0.0 2024-03-28: newest Immich with every authentik",
		"2024.10.0 v2.5.0 2024-09-11: current together from 2024-10-30; first with guide 2024-09-11",
		"2024.10.0 v2.6.1 2024-09-11: current together from 2024-12-01",
		"2024.10.0 v3.0.0 2024-09-11: newest Immich with every authentik",
		"2024.12.5 v2.5.0 2024-09-11: newest authentik with every Immich",
		"2024.12.5 v2.6.1 2024-09-11: newest authentik with every Immich; current together from 2024-12-19",
		"2024.12.5 v2.7.5 2024-09-11: newest authentik with every Immich",
		"2024.12.5 v3.0.0 2024-09-11: newest Immich with every authentik; newest authentik with every Immich; current together from 2025-01-15",
	}, described(m))
	assert.Equal(t, []string{
		"authentik 2024.2.0 to 2024.2.1 is left out: it is too old",
		"authentik 2025.4.0 is left out: no revision of the guide is known to ship with it; name one with --guide",
		"Immich v2.7.5 is not on the diagonal: the day on which v2.7 came out is not known",
	}, m.Notes)
}

func TestFrontierWithGuidesThatNobodyShipped(t *testing.T) {
	t.Parallel()
	m := plan(t, small(t), matrix.Query{
		Authentik: ">=2024.12", Immich: ">=2.7", Strategy: matrix.Frontier, Guides: []string{"2024-03-28", "2024-09-11", "index.md"},
	})
	assert.Equal(t, []string{
		"2024.12.5 v2.7.5 2024-09-11: first with guide 2024-09-11",
		"2024.12.5 v3.0.0 2024-09-11: newest Immich with every authentik; current together from 2025-01-15",
		"2025.4.0 v2.7.5 index.md: newest authentik with every Immich",
		"2025.4.0 v3.0.0 2024-03-28: newest pair with every guide",
		"2025.4.0 v3.0.0 2024-09-11: newest pair with every guide",
		"2025.4.0 v3.0.0 index.md: newest Immich with every authentik; newest authentik with every Immich; newest pair with every guide; current together from 2025-04-29",
	}, described(m), "an authentik that ships none of them is judged by the last")
}

func TestFullIsTheProduct(t *testing.T) {
	t.Parallel()
	m := plan(t, small(t), matrix.Query{Strategy: matrix.Full})
	assert.Len(t, m.Cells, 3*4, "lines of authentik with a guide × lines of Immich")
	m = plan(t, small(t), matrix.Query{Strategy: matrix.Full, AllPatches: true})
	assert.Len(t, m.Cells, 5*6, "the same with every release")
	m = plan(t, small(t), matrix.Query{Strategy: matrix.Full, Guides: []string{"2024-03-28", "index.md"}})
	assert.Len(t, m.Cells, 4*4*2, "a named guide is for every authentik")
	m = plan(t, small(t), matrix.Query{Strategy: matrix.Full, Guides: []string{"2024-09-11", matrix.Shipped}})
	assert.Len(t, m.Cells, (2+1+1+1)*4, "a guide that is named and shipped is one")
	assert.True(t, slices.IsSortedFunc(m.Cells, func(a, b matrix.Cell) int {
		if n := version.Compare(a.Authentik, b.Authentik); n != 0 {
			return n
		}
		return version.Compare(a.Immich, b.Immich)
	}))
}

// TestPairwise compares with the pairs of the full product, found by looking at all of it.
func TestPairwise(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		catalogue *version.Catalogue
		query     matrix.Query
		most      int // cells
	}{
		"shipped guides":          {small(t), matrix.Query{}, 3 * 4},
		"one guide":               {small(t), matrix.Query{Guides: []string{"index.md"}}, 4 * 4},
		"three guides":            {small(t), matrix.Query{Guides: []string{"2024-03-28", "2024-09-11", "index.md"}}, 4 * 4},
		"more guides than pairs":  {small(t), matrix.Query{Authentik: "2024.8", Immich: "3.0", Guides: []string{"a", "b", "c", "d"}}, 4},
		"shipped and a page":      {small(t), matrix.Query{Guides: []string{matrix.Shipped, "index.md"}}, 4*4 + 4},
		"everything, every guide": {known(t), matrix.Query{Authentik: ">=2024.8", Immich: ">=1.132", Guides: everyGuide(t)}, 14*23 + 20},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.query.Strategy = matrix.Full
			want := pairs(plan(t, tt.catalogue, tt.query))
			tt.query.Strategy = matrix.Pairwise
			m := plan(t, tt.catalogue, tt.query)
			assert.Equal(t, want, pairs(m), "no pair is missing, and none is made up")
			assert.LessOrEqual(t, len(m.Cells), tt.most)
			for _, c := range m.Cells {
				assert.NotEmpty(t, c.Reasons)
			}
		})
	}
}

func everyGuide(t *testing.T) []string {
	t.Helper()
	all, err := matrix.Guides(t.Context(), []string{matrix.All}, nil)
	require.NoError(t, err)
	return all
}

func pairs(m *matrix.Matrix) map[[3]string]bool {
	all := map[[3]string]bool{}
	for _, c := range m.Cells {
		all[[3]string{c.Authentik, c.Immich, ""}] = true
		all[[3]string{c.Authentik, "", c.Guide}] = true
		all[[3]string{"", c.Immich, c.Guide}] = true
	}
	return all
}

func TestShardsShareTheCells(t *testing.T) {
	t.Parallel()
	query := matrix.Query{Authentik: ">=2024.8", Immich: ">=1.132", Strategy: matrix.Frontier}
	whole := plan(t, known(t), query).Cells
	for _, n := range []int{1, 2, 6, 7, len(whole) - 1, len(whole), len(whole) + 5} {
		query.Shards = n
		m, again := plan(t, known(t), query), plan(t, known(t), query)
		assert.Equal(t, m, again, "the same on every machine")
		var together []matrix.Cell
		smallest, largest := len(whole), 0
		for k := 1; k <= n; k++ {
			shard := m.Shard(k)
			together = append(together, shard.Cells...)
			if k > m.Shards {
				assert.Empty(t, shard.Cells)
				assert.NotNil(t, shard.Cells, "a list also where it is empty")
				assert.Contains(t, shard.Notes[len(shard.Notes)-1], fmt.Sprintf("shard %d has nothing to do", k))
				continue
			}
			smallest, largest = min(smallest, len(shard.Cells)), max(largest, len(shard.Cells))
		}
		assert.Equal(t, m.Cells, together, "each cell is in one shard of %d, in order", n)
		assert.LessOrEqual(t, largest-smallest, 1, "%d shards are balanced", n)
		assert.Positive(t, smallest)
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	m := plan(t, small(t), matrix.Query{Authentik: "2024.8", Immich: ">=2.6", Strategy: matrix.Full, Shards: 2})
	var out bytes.Buffer
	require.NoError(t, m.WriteGitHub(&out, true))
	assert.JSONEq(t, `{"include":[`+
		`{"shard":1,"shards":2,"cells":[{"authentik":"2024.8.6","immich":"v2.6.1","guide":"2024-03-28"},{"authentik":"2024.8.6","immich":"v2.7.5","guide":"2024-03-28"}]},`+
		`{"shard":2,"shards":2,"cells":[{"authentik":"2024.8.6","immich":"v3.0.0","guide":"2024-03-28"}]}]}`, out.String())
	assert.Equal(t, 1, strings.Count(out.String(), "\n"), "GITHUB_OUTPUT wants one line")

	m = plan(t, small(t), matrix.Query{Authentik: "2024.8", Immich: ">=2.7", Strategy: matrix.Full})
	out.Reset()
	require.NoError(t, m.WriteGitHub(&out, false))
	assert.JSONEq(t, `{"include":[`+
		`{"authentik":"2024.8.6","immich":"v2.7.5","guide":"2024-03-28","shard":1},`+
		`{"authentik":"2024.8.6","immich":"v3.0.0","guide":"2024-03-28","shard":2}]}`, out.String())
}

func TestGitHubTakesNoMoreThan256Jobs(t *testing.T) {
	t.Parallel()
	query := matrix.Query{Authentik: ">=2024.8", Immich: ">=1.132", AllPatches: true, Strategy: matrix.Full}
	m := plan(t, known(t), query)
	var out bytes.Buffer
	err := m.WriteGitHub(&out, false)
	assert.EqualError(t, err, fmt.Sprintf("%d jobs, but GitHub takes 256 from one matrix; let the cells share jobs with --shards, or narrow the ranges", len(m.Cells)))
	assert.Empty(t, out.String())
	query.Shards = 256
	require.NoError(t, plan(t, known(t), query).WriteGitHub(&out, true))
	var read struct{ Include []json.RawMessage }
	require.NoError(t, json.Unmarshal(out.Bytes(), &read))
	assert.Len(t, read.Include, 256)
}

func TestWriteJSONReadsBack(t *testing.T) {
	t.Parallel()
	m := plan(t, small(t), matrix.Query{Strategy: matrix.Frontier, Shards: 3})
	var out bytes.Buffer
	require.NoError(t, m.WriteJSON(&out))
	var read matrix.Matrix
	require.NoError(t, json.Unmarshal(out.Bytes(), &read))
	assert.Equal(t, *m, read)
}

func TestNothingToPlan(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		query matrix.Query
		want  string
	}{
		"both ranges":  {matrix.Query{Authentik: ">=2030", Immich: "<2"}, "authentik range \">=2030\": no known release lies in it; nearest known: 2025.4.0\nimmich range \"<2\": no known release lies in it; nearest known: v2.5.0"},
		"only refused": {matrix.Query{Authentik: "2024.2"}, `authentik range "2024.2": a run refuses the releases in it, since it is too old; nearest known: 2024.8.0`},
		"no guide":     {matrix.Query{Authentik: "2025.4"}, "nothing is left of the matrix: authentik 2025.4.0 is left out: no revision of the guide is known to ship with it; name one with --guide"},
		"strategy":     {matrix.Query{Strategy: "best"}, `strategy "best": want frontier, pairwise or full`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := matrix.Plan(small(t), tt.query)
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestGuides(t *testing.T) {
	t.Parallel()
	got, err := matrix.Guides(t.Context(), []string{"2025-06-23", matrix.Shipped, "2024-03-28", "2025-06-23"}, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"2024-03-28", "2025-06-23", matrix.Shipped}, got)
	assert.Greater(t, len(everyGuide(t)), 5)
	_, err = matrix.Guides(t.Context(), []string{"2025-06-24", "nowhere.md"}, nil)
	assert.ErrorContains(t, err, `guide revision "2025-06-24" is not known`)
	assert.ErrorContains(t, err, "guide nowhere.md: there is no such file")
}
