package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/check"
)

// bundle is what a matrix keeps of a run: no more than a few lines, since there may be thousands.
type bundle struct {
	path    string // of report.json
	Run     report.Run
	Cell    report.Cell
	Stack   report.Stack
	Verdict report.Verdict

	planned   int
	leftOut   int // checks of the cell that were not asked for
	tally     map[report.Weight]int
	broken    []string // names of the first checks that failed, else of the first that could not be judged
	catalogue []string // IDs of all checks that the tool knew, planned or not; sorted
}

// mostBroken is how many checks a cell names.
const mostBroken = 5

// skimmed is what is read of a report.json.
type skimmed struct {
	*bundle
	schema  int
	plan    report.Plan
	results []check.Result // no more of them than what weighs them
}

// skim reads a report.json without holding it: of its checks there is one at a time.
func skim(r io.Reader) (*bundle, error) {
	s := skimmed{bundle: &bundle{}}
	dec := json.NewDecoder(r)
	err := eachKey(dec, func(key string) error { return s.value(dec, key) })
	switch {
	case errors.Is(err, errOtherSchema) || err == nil && s.schema == 0:
		return nil, fmt.Errorf("has schemaVersion %d; this ssoproof merges %d: merge with the ssoproof that made it, or run it again", s.schema, report.SchemaVersion)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("is cut off after %d bytes: copy it anew, run it again or leave it out", dec.InputOffset())
	case err != nil:
		return nil, fmt.Errorf("is not a report: %w", err)
	}
	s.count(s.plan, s.results)
	return s.bundle, s.check(s.plan, s.results)
}

// value reads the value of one key.
func (s *skimmed) value(dec *json.Decoder, key string) error {
	switch key {
	case "schemaVersion":
		if err := dec.Decode(&s.schema); err != nil || s.schema != report.SchemaVersion {
			return errors.Join(errOtherSchema, err)
		}
		return nil
	case "run":
		return dec.Decode(&s.Run)
	case "cell":
		return dec.Decode(&s.Cell)
	case "stack":
		return dec.Decode(&s.Stack)
	case "plan":
		return dec.Decode(&s.plan)
	case "verdict":
		return dec.Decode(&s.Verdict)
	case "checks":
		return eachElement(dec, func() error {
			var one struct { // what weighs a result; the rest of it is many times as large
				ID      string        `json:"id"`
				Variant check.Variant `json:"variant"`
				Level   check.Level   `json:"level"`
				Status  check.Status  `json:"status"`
				Blocked []string      `json:"blockedBy"`
				Idle    bool          `json:"notBegun"`
			}
			err := dec.Decode(&one)
			s.results = append(s.results, check.Result{ID: one.ID, Variant: one.Variant, Level: one.Level, Status: one.Status, BlockedBy: one.Blocked, NotBegun: one.Idle})
			return err
		})
	}
	var passedOver json.RawMessage
	return dec.Decode(&passedOver)
}

var errOtherSchema = errors.New("another schema")

// eachKey goes through a JSON object; each has to read the value of its key.
func eachKey(dec *json.Decoder, each func(key string) error) error {
	if err := opening(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if err := each(fmt.Sprint(key)); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// eachElement goes through a JSON list; each has to read one element.
func eachElement(dec *json.Decoder, each func() error) error {
	if err := opening(dec, '['); err != nil {
		return err
	}
	for dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func opening(dec *json.Decoder, want json.Delim) error {
	token, err := dec.Token()
	if err == nil && token != want {
		err = fmt.Errorf("there is %v in the place of %v", token, want)
	}
	return err
}

// count keeps of the results what the page shows.
func (b *bundle) count(plan report.Plan, results []check.Result) {
	all := (&report.Report{Plan: plan, Checks: results}).Complete()
	b.planned, b.tally, b.leftOut = len(report.Counted(all)), report.Tally(report.Counted(all)), plan.LeftOut()
	for _, worst := range []report.Weight{report.Violating, report.Unjudged} {
		for _, r := range all {
			if report.Weigh(r) == worst && len(b.broken) < mostBroken {
				b.broken = append(b.broken, r.Name())
			}
		}
		if len(b.broken) > 0 {
			break
		}
	}
	for _, name := range plan.Checks {
		id, _, _ := strings.Cut(name, "[")
		b.catalogue = append(b.catalogue, id)
	}
	for _, e := range plan.Excluded {
		b.catalogue = append(b.catalogue, e.ID)
	}
	slices.Sort(b.catalogue)
	b.catalogue = slices.Compact(b.catalogue)
}

// check refuses what is no whole report, and a good verdict that its own results do not bear.
func (b *bundle) check(plan report.Plan, results []check.Result) error {
	if b.Cell.Authentik == "" || b.Cell.Immich == "" || b.Cell.Guide == "" || b.Run.ID == "" {
		return errors.New("is not a report: its cell or its run is missing")
	}
	if !slices.Contains(report.Verdicts(), b.Verdict) {
		return fmt.Errorf("is not a report: its verdict is %q", b.Verdict)
	}
	if found := report.Judge(results, plan, b.fake(), false); b.Verdict.ExitCode() == 0 && b.Verdict != found {
		return fmt.Errorf("says %s, but its results say %s: it was changed after the run; run it again", b.Verdict, found)
	}
	return nil
}

func (b *bundle) fake() bool { return (&report.Report{Stack: b.Stack}).Fake() }

func (b *bundle) sameRun(other *bundle) bool {
	return b.Run.ID == other.Run.ID && b.Run.Started.Equal(other.Run.Started) && b.Cell == other.Cell
}

// differs says why one page must not hold both bundles: their verdicts would not mean the same.
func (b *bundle) differs(from *bundle) error {
	if b.Run.Tool != from.Run.Tool {
		return fmt.Errorf("was made by ssoproof %s, but %s by %s: merge runs of one version only", b.Run.Tool, from.path, from.Run.Tool)
	}
	lacks, besides := without(from.catalogue, b.catalogue), without(b.catalogue, from.catalogue)
	if len(lacks)+len(besides) == 0 {
		return nil
	}
	var how []string
	if len(lacks) > 0 {
		how = append(how, "it does not know "+few(lacks))
	}
	if len(besides) > 0 {
		how = append(how, "it knows also "+few(besides))
	}
	return fmt.Errorf("has another catalogue of checks than %s: %s; merge runs of one catalogue only", from.path, strings.Join(how, ", and "))
}

// without is what all has and others has not.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) })
}

// few names the first of many.
func few(names []string) string {
	if len(names) > mostBroken {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostBroken], ", "), len(names)-mostBroken)
	}
	return strings.Join(names, ", ")
}
