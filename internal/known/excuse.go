package known

import (
	"fmt"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Excuses are the issues that concern one pair, on one day.
type Excuses struct {
	issues []*Issue
	now    time.Time
}

// For keeps of the issues those that concern a pair. The error names a range that cannot be read.
func For(issues []*Issue, authentik, immich *version.Release, now time.Time) (*Excuses, error) {
	e := &Excuses{now: now}
	for _, issue := range issues {
		concerned, err := issue.concerns(authentik, immich)
		if err != nil {
			return nil, err
		}
		if concerned {
			e.issues = append(e.issues, issue)
		}
	}
	return e, nil
}

// Amend gives a result the status that the issues make of it: a failure that one expects is an expected failure, a pass
// that one does not expect fails the run. What was not judged stays as it is.
func (e *Excuses) Amend(r check.Result) check.Result {
	if e == nil || r.Status != check.Fail && r.Status != check.Pass {
		return r
	}
	for _, issue := range e.issues {
		if !issue.Matches(r.ID, r.Variant) {
			continue
		}
		r.Known = &check.Known{Reason: issue.Reason, Link: issue.Link, Expires: issue.Expires, Source: issue.source}
		switch {
		case issue.Expired(e.now):
			if r.Status == check.Fail {
				r.Reason = fmt.Sprintf("no longer excused, the known issue expired on %s: %s", issue.Expires, r.Reason)
			}
		case r.Status == check.Fail:
			r.Status = check.ExpectedFail
			r.Reason = fmt.Sprintf("known issue: %s (%s); %s", issue.Reason, issue.Link, r.Reason)
			return r
		default:
			r.Status = check.UnexpectedPass
			r.Reason = fmt.Sprintf("it passes, but %s expects it to fail: remove the issue", issue.source)
			return r
		}
	}
	return r
}

// Unused names the issues that concern the pair and match none of its checks: a misspelt name must not look like an
// excuse that is not needed.
func (e *Excuses) Unused(ids []check.Named) []string {
	var unused []string
	for _, issue := range e.issues {
		matched := false
		for _, one := range ids {
			matched = matched || issue.Matches(one.ID, one.Variant)
		}
		if !matched {
			unused = append(unused, fmt.Sprintf("%s: no check of this pair is called %s", issue.source, check.Name(issue.Check, issue.Variant)))
		}
	}
	return unused
}
