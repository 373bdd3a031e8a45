package report

import (
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
)

// fromFirstSchema reads what schemaVersion 1 said in sentences only: why a check was left out, did not begin or was
// blocked. A selection was called conformant then.
func (r *Report) fromFirstSchema() {
	r.SchemaVersion = SchemaVersion
	for i, e := range r.Plan.Excluded {
		r.Plan.Excluded[i].Why = NotApplicable
		for _, why := range []Why{NotSelected, TurnedOff} {
			if e.Reason == LeftOut("", nil, why).Reason {
				r.Plan.Excluded[i].Why = why
			}
		}
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		if roots, blocked := strings.CutPrefix(c.Reason, "blocked by "); blocked && c.Status == check.Skip {
			c.BlockedBy = strings.Split(roots, ", ")
		}
		c.NotBegun = c.Status == check.Inconclusive && strings.HasPrefix(c.Reason, "not begun: ")
	}
	if r.Verdict == Conformant && r.Plan.LeftOut() > 0 {
		r.Verdict = Partial
	}
}
