package diagnose_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/heap"
)

// records are what a run has when its checks have failed: of each what the edge recorded since it began, as the edge hands
// it over, and what the products logged.
type records struct {
	results []check.Result
	windows [][]byte // JSON, one exchange after the other
	logs    map[check.Party][]byte
	bytes   int64
}

// read is what a run does without a diagnosis as well: it gets the exchanges, since it keeps them as evidence, and copies
// the logs.
func (r *records) read(tb testing.TB, each func(check.Result, []edge.Exchange), log func(check.Party) io.Writer) {
	tb.Helper()
	for i, result := range r.results {
		var all []edge.Exchange
		for in := json.NewDecoder(bytes.NewReader(r.windows[i])); ; {
			var x edge.Exchange
			err := in.Decode(&x)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(tb, err)
			all = append(all, x)
		}
		each(result, all)
	}
	for by, text := range r.logs {
		_, err := io.Copy(struct{ io.Writer }{log(by)}, struct{ io.Reader }{bytes.NewReader(text)})
		require.NoError(tb, err)
	}
}

// diagnose is read, and what the diagnosis adds to it: as run's judge and its diagnosis do.
func (r *records) diagnose(tb testing.TB, redactor *evidence.Redactor) {
	tb.Helper()
	e := evidenceOf(tb)
	e.OAuth.Scope = "openid profile"
	logs := map[check.Party]*diagnose.Log{}
	r.read(tb, func(result check.Result, all []edge.Exchange) {
		own := diagnose.Own(result.Name(), all)
		result.Messages = diagnose.Messages(own, result.Started, e.ImmichURL)
		e.Failed = append(e.Failed, diagnose.Read(result, own))
	}, func(by check.Party) io.Writer {
		logs[by] = diagnose.NewLog(by, began)
		logs[by].Redact = redactor.Text
		return logs[by]
	})
	var lines []diagnose.Line
	for _, log := range logs {
		lines = append(lines, log.Lines()...)
	}
	e.Join(lines)
	causes, err := diagnose.Diagnose(e)
	require.NoError(tb, err)
	require.Len(tb, causes, 1)
	require.Equal(tb, "immich.scope-missing", causes[0].ID)
	require.Len(tb, causes[0].Checks, len(r.results))
	require.NotEmpty(tb, causes[0].Evidence[1:], "the log belongs to the checks")
}

// BenchmarkDiagnosis diagnoses a whole run that failed, beside reading the same records without it.
//
//	go test -run '^$' -bench Diagnosis -benchtime 10x ./internal/diagnose
func BenchmarkDiagnosis(b *testing.B) {
	r := failedRun(b)
	redactor := evidence.NewRedactor()
	r.read(b, func(_ check.Result, all []edge.Exchange) {
		for i := range all {
			redactor.Meet(&all[i])
		}
	}, func(check.Party) io.Writer { return io.Discard })
	for _, one := range []struct {
		name string
		work func()
	}{
		{"read", func() {
			r.read(b, func(check.Result, []edge.Exchange) {}, func(check.Party) io.Writer { return io.Discard })
		}},
		{"diagnose", func() { r.diagnose(b, redactor) }},
	} {
		b.Run(one.name, func(b *testing.B) {
			b.SetBytes(r.bytes)
			most := uint64(0)
			for b.Loop() {
				most = max(most, heap.Peak(heap.Allocated, one.work))
			}
			b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
		})
	}
}

// What the whole of a run on authentik 2025.8.1 and Immich v2.7.5 leaves: of a login by browser 170 exchanges, 32 of them
// with headers, among 270 of its time; of the products' logs 7,000 lines, every eighth of authentik's a warning.
const (
	failing        = 40 // checks, a login each
	scripts        = 138
	othersScripts  = 100
	authentikLines = 5400
	immichLines    = 1700
	checkSeconds   = 3
)

func failedRun(tb testing.TB) *records {
	tb.Helper()
	r := &records{logs: map[check.Party][]byte{}}
	for i := range failing {
		result := check.Result{
			ID: fmt.Sprintf("login.web.n%02d", i), Title: "a login", Status: check.Fail, Reason: "the login",
			Started: at(i * checkSeconds), Seconds: checkSeconds,
		}
		var window bytes.Buffer
		out := json.NewEncoder(&window)
		for _, x := range loginWithoutEmail(i, result) {
			require.NoError(tb, out.Encode(x))
		}
		r.results, r.windows = append(r.results, result), append(r.windows, window.Bytes())
		r.bytes += int64(window.Len())
	}
	r.logs[check.Authentik], r.logs[check.Immich] = authentikLog(), immichLog()
	r.bytes += int64(len(r.logs[check.Authentik]) + len(r.logs[check.Immich]))
	return r
}

// when is the time of a line that stands at i of n.
func when(i, n int) time.Time {
	return began.Add(time.Duration(i) * failing * checkSeconds * time.Second / time.Duration(n))
}
