package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// schedule picks the next check to start: in the order of the plan, after those that it needs, and alone, after all
// others, where it changes configuration.
type schedule[E any] struct {
	plan     []Check[E]
	parallel int
	open     int // not ended
	running  int
	alone    bool // a check that changes configuration is running
	begun    []bool
	ended    []bool
	byID     map[string][]int
	spoilt   string // the check that could not restore what it changed
}

func newSchedule[E any](plan []Check[E], parallel int) *schedule[E] {
	s := &schedule[E]{
		plan: plan, parallel: parallel, open: len(plan),
		begun: make([]bool, len(plan)), ended: make([]bool, len(plan)), byID: map[string][]int{},
	}
	for i, c := range plan {
		s.byID[c.ID] = append(s.byID[c.ID], i)
		if len(c.Variant) > 0 {
			s.byID[c.Name()] = []int{i} // a check may need one variant of another
		}
	}
	return s
}

func (s *schedule[E]) next() (int, bool) {
	if s.alone || s.running >= s.parallel {
		return 0, false
	}
	shared := s.sharedLeft()
	for i, c := range s.plan {
		if s.begun[i] || !s.ready(c) {
			continue
		}
		if c.Changes != "" {
			if shared || s.running > 0 {
				continue
			}
			s.alone = true
		}
		s.begun[i] = true
		s.running++
		return i, true
	}
	return s.deadlocked()
}

// sharedLeft reports whether a check that changes nothing has not ended yet and can still begin.
func (s *schedule[E]) sharedLeft() bool {
	for i, c := range s.plan {
		if c.Changes == "" && !s.ended[i] && (s.begun[i] || s.ready(c)) {
			return true
		}
	}
	return false
}

// ready reports whether every check that c needs, as far as it is in the plan, has ended.
func (s *schedule[E]) ready(c Check[E]) bool {
	for _, id := range c.Needs {
		for _, i := range s.byID[id] {
			if !s.ended[i] {
				return false
			}
		}
	}
	return true
}

// deadlocked starts the first open check when nothing runs and nothing is ready: needs that form a circle.
func (s *schedule[E]) deadlocked() (int, bool) {
	if s.running > 0 {
		return 0, false
	}
	for i := range s.plan {
		if !s.begun[i] {
			s.begun[i] = true
			s.running++
			return i, true
		}
	}
	return 0, false
}

func (s *schedule[E]) end(i int, r Result) {
	s.ended[i] = true
	s.open--
	s.running--
	if s.plan[i].Changes != "" {
		s.alone = false
		if r.Status == Error {
			s.spoilt = r.Name()
		}
	}
}

// blocked puts into the result of check i why it must not begin; false: it may.
func (s *schedule[E]) blocked(ctx context.Context, i int, results []Result, r *Result) bool {
	switch cause := context.Cause(ctx); {
	case cause != nil:
		r.notBegun(cause.Error())
	case s.plan[i].Changes != "" && s.spoilt != "":
		r.notBegun(s.spoilt + " may have left changed configuration behind")
	default:
		s.needs(i, results, r)
	}
	return r.Status != ""
}

func (r *Result) notBegun(why string) {
	r.Status, r.Reason, r.NotBegun = Inconclusive, "not begun: "+why, true
}

// needs skips check i where one that it needs did not pass.
func (s *schedule[E]) needs(i int, results []Result, r *Result) {
	var roots []string
	for _, id := range s.plan[i].Needs {
		for _, n := range s.byID[id] {
			if !s.ended[n] {
				r.Status, r.Reason = Error, fmt.Sprintf("needs %s, which needs this check in turn", id)
				return
			}
			if needed := results[n]; len(needed.BlockedBy) > 0 {
				roots = append(roots, needed.BlockedBy...)
			} else if needed.Status != Pass {
				roots = append(roots, needed.Name())
			}
		}
	}
	if len(roots) > 0 {
		slices.Sort(roots)
		r.BlockedBy = slices.Compact(roots)
		r.Status, r.Reason = Skip, "blocked by "+strings.Join(r.BlockedBy, ", ")
	}
}
