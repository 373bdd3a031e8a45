package report

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
)

// State is what a run says of a documented value.
type State string

// The states.
const (
	Proven       State = "proven"       // a check that puts it to the proof passed, and none failed
	Contradicted State = "contradicted" // a check that puts it to the proof failed
	NotCovered   State = "not-covered"  // nothing was judged that depends on it
)

// Coverage is one value that the guide documents, and what the run says of it.
type Coverage struct {
	Setting string   `json:"setting"` // its key: launch_url, redirect_uris/app
	Line    int      `json:"line"`    // of the guide
	State   State    `json:"state"`
	Checks  []string `json:"checks"`           // names of those that put it to the proof and were judged
	Reason  string   `json:"reason,omitempty"` // why it is not covered
}

// Cover says of each documented value what the results prove. uncovered gives the written reason for which no check puts
// a setting to the proof; empty: one does, or should.
func Cover(s *guide.Settings, results []check.Result, uncovered func(setting string) string) []Coverage {
	var all []Coverage
	for _, d := range s.Documented() {
		all = append(all, coverageOf(d, results, uncovered))
	}
	return all
}

func coverageOf(d guide.Documented, results []check.Result, uncovered func(string) string) Coverage {
	c := Coverage{Setting: d.Key, Line: d.Line, State: NotCovered, Checks: []string{}}
	planned := false
	for _, r := range results {
		if !slices.Contains(r.Covers, d.Key) {
			continue
		}
		planned = true
		switch judgementOf(r.Status) {
		case works:
			if c.State == NotCovered {
				c.State = Proven
			}
		case fails:
			c.State = Contradicted
		default:
			continue
		}
		c.Checks = append(c.Checks, r.Name())
	}
	switch {
	case c.State != NotCovered:
	case uncovered(d.Key) != "":
		c.Reason = uncovered(d.Key)
	case planned:
		c.Reason = "the checks that put it to the proof could not be judged"
	default:
		c.Reason = "no check of this run puts it to the proof"
	}
	return c
}

// Uncovered are the documented values that nothing was judged of.
func (r *Report) Uncovered() []Coverage {
	return slices.DeleteFunc(slices.Clone(r.Coverage), func(c Coverage) bool { return c.State != NotCovered })
}
