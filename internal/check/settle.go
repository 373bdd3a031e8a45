package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// settle gives the check its one status. What the harness got wrong weighs most, then what makes the evidence
// worthless, then what was found, then what kept the body from going on.
func (t *T) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	ended := context.Cause(t.ctx)
	switch {
	case t.defect != nil:
		t.set(Error, t.defect.Error())
	case t.doubt != nil:
		t.set(Inconclusive, t.doubt.Error())
	case t.failed && ended == nil, t.failed && t.blocked == nil:
		t.set(Fail, t.firstFinding())
	case t.blocked != nil:
		t.set(Inconclusive, withCause(t.blocked, ended))
	case ended != nil:
		t.set(Inconclusive, ended.Error())
	case t.unjudged() != "":
		t.set(Error, fmt.Sprintf("the body never judged %q", t.unjudged()))
	case len(t.result.Requirements) == 0:
		t.set(Error, "the check is bound to no requirement")
	default:
		t.set(Pass, "")
	}
}

func (t *T) set(s Status, reason string) { t.result.Status, t.result.Reason = s, reason }

func (t *T) firstFinding() string {
	f := t.result.Findings[0]
	switch {
	case f.Expected != "" && f.Actual != "":
		return fmt.Sprintf("%s: expected %s, got %s", f.Message, f.Expected, f.Actual)
	case f.Actual != "":
		return fmt.Sprintf("%s: %s", f.Message, f.Actual)
	}
	return f.Message
}

func (t *T) unjudged() string {
	for _, j := range t.result.Requirements {
		if t.outcomes[j.Key] == NotJudged {
			return j.Key
		}
	}
	return ""
}

// withCause adds why the context ended to what was being waited for, unless the text has it.
func withCause(err, cause error) string {
	text := err.Error()
	if cause == nil || strings.Contains(text, cause.Error()) {
		return text
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return text + " (" + cause.Error() + ")"
	}
	return text
}

// close copies the outcomes into the result.
func (t *T) close() Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.result.Requirements {
		t.result.Requirements[i].Outcome = t.outcomes[t.result.Requirements[i].Key]
	}
	r := t.result
	r.Observations = maps.Clone(r.Observations) // a body that was left alone may still write
	return r
}
