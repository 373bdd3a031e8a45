package site_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/heap"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
	"github.com/ssoproof/ssoproof/internal/site"
)

// large is a report of a hundred checks with what a real run has: requirements, steps, observations and, now and then, a
// finding.
func large(n int) *report.Report {
	r := reporttest.Sample()
	r.Run.ID = fmt.Sprintf("run-%04d", n)
	r.Cell = report.Cell{Authentik: fmt.Sprintf("2025.8.%d", n%40), Immich: fmt.Sprintf("v2.7.%d", n/40), Guide: "2025-06-23"}
	results := r.Checks
	r.Checks, r.Plan.Checks = nil, nil
	for i := range 100 {
		c := results[i%len(results)]
		c.ID = fmt.Sprintf("%s.n%02d", c.ID, i)
		for len(c.Steps) < 12 {
			c.Steps = append(c.Steps, check.Step{Name: "wait until the browser is at its landing", Seconds: 1.25})
		}
		c.Observations = map[string]string{"claims.keys": strings.Repeat("claim ", 40), "authorize.query": strings.Repeat("scope=openid&", 20)}
		r.Checks = append(r.Checks, c)
		r.Plan.Checks = append(r.Plan.Checks, c.Name())
	}
	return r
}

// bundles writes n bundles as a run leaves them, short of their evidence; it returns their size.
func bundles(tb testing.TB, root string, n int) (bytes int64) {
	tb.Helper()
	page, err := render.HTML(large(0))
	require.NoError(tb, err)
	for i := range n {
		data, err := json.MarshalIndent(large(i), "", "  ")
		require.NoError(tb, err)
		dir := filepath.Join(root, fmt.Sprintf("run-%04d", i))
		require.NoError(tb, os.MkdirAll(dir, 0o755))
		require.NoError(tb, os.WriteFile(filepath.Join(dir, "report.json"), data, 0o644))
		require.NoError(tb, os.WriteFile(filepath.Join(dir, "report.html"), page, 0o644))
		bytes += int64(len(data))
	}
	return bytes
}

// readAll is what no merge can do without.
func readAll(tb testing.TB, root string) {
	paths, err := filepath.Glob(filepath.Join(root, "*", "report.json"))
	require.NoError(tb, err)
	require.NotEmpty(tb, paths)
	for _, path := range paths {
		file, err := os.Open(path)
		require.NoError(tb, err)
		_, err = io.Copy(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{file})
		require.NoError(tb, err)
		require.NoError(tb, file.Close())
	}
}

// BenchmarkMerge merges bundles of a hundred checks, beside reading their files alone and beside holding all of them.
func BenchmarkMerge(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		root := b.TempDir()
		size := bundles(b, root, n)
		for _, one := range []struct {
			name string
			work func()
		}{
			{"read", func() { readAll(b, root) }},
			{"merge", func() {
				_, err := site.Merge(site.MergeOptions{Dirs: []string{root}, Out: filepath.Join(b.TempDir(), "site")})
				require.NoError(b, err)
			}},
			{"hold", func() {
				var all []*report.Report
				for i := range n {
					r, err := report.Load(filepath.Join(root, fmt.Sprintf("run-%04d", i), "report.json"))
					require.NoError(b, err)
					all = append(all, r)
				}
				runtime.KeepAlive(all)
			}},
		} {
			b.Run(fmt.Sprintf("%s/%d", one.name, n), func(b *testing.B) {
				b.SetBytes(size)
				most := uint64(0)
				for b.Loop() {
					most = max(most, heap.Peak(heap.Allocated, one.work))
				}
				b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
			})
		}
	}
}

// TestMergeHoldsOneReportAtATime would fail if ten times as many bundles took twice the memory.
func TestMergeHoldsOneReportAtATime(t *testing.T) {
	few, many := t.TempDir(), t.TempDir() // not in parallel: the heap is that of the process
	bundles(t, few, 10)
	size := bundles(t, many, 100)
	memory := func(root string) uint64 {
		return heap.Peak(heap.Live, func() { merge(t, site.MergeOptions{Dirs: []string{root}}) })
	}
	memory(few) // what is made once
	small := memory(few)
	bound := min(uint64(size)/3, 2*small+(4<<20))
	// What is allocated while a collection marks counts as living, and on a busy machine one marks for long: each
	// measurement is too high by that, none is too low.
	large := memory(many)
	for i := 0; i < 4 && large >= bound; i++ {
		large = min(large, memory(many))
	}
	t.Logf("peak of what lives on the heap: %d KiB for 10 bundles, %d KiB for 100 of %d KiB", small>>10, large>>10, size>>10)
	require.Less(t, large, bound)
}
