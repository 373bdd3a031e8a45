package run

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/suites"
)

// before is what checks came to before an upgrade.
type before struct {
	status   map[string]check.Status // by name
	from, to report.Cell
}

func newBefore(results []check.Result, from, to report.Cell) *before {
	b := &before{status: map[string]check.Status{}, from: from, to: to}
	for _, r := range results {
		b.status[r.Name()] = r.Status
	}
	return b
}

// remember adds to a check that fails after the upgrade that it passed before, and with what.
func (b *before) remember(r check.Result) check.Result {
	if b == nil || r.Status != check.Fail || b.status[r.Name()] != check.Pass {
		return r
	}
	f := check.Finding{
		Message:  fmt.Sprintf("worked before, fails after: it worked with %s, and fails with %s", pairOf(b.from), pairOf(b.to)),
		Expected: "pass, as before the upgrade", Actual: "fail",
	}
	if i := slices.IndexFunc(r.Requirements, func(j check.Judgement) bool { return j.Outcome == check.Failed }); i >= 0 {
		f.Requirement = r.Requirements[i].Key
	}
	r.Findings = append(slices.Clone(r.Findings), f)
	r.Reason = "worked before, fails after: " + r.Reason
	return r
}

func pairOf(c report.Cell) string {
	return fmt.Sprintf("authentik %s and Immich %s", c.Authentik, c.Immich)
}

// sort tells the checks after the upgrade apart by what they came to before.
func (b *before) sort(results []check.Result) (broken, unshown, fixed, still []string) {
	for _, r := range report.Counted(results) {
		was, known := b.status[r.Name()]
		if !known {
			continue
		}
		switch report.Move(was, r.Status) {
		case report.Broke:
			broken = append(broken, r.Name())
		case report.Lost:
			unshown = append(unshown, r.Name())
		case report.Mended:
			fixed = append(fixed, r.Name())
		case report.StillFails:
			still = append(still, r.Name())
		}
	}
	return broken, unshown, fixed, still
}

// was is what is known of before of every check after the upgrade. The state that those of an upgrade rest on was made before
// it, so what they do worked then, but for linking where that failed.
func (u *upgrade) was() map[string]check.Status {
	all := maps.Clone(u.after.before.status)
	checks, _ := suites.UpgradeChecks(u.facts)
	for _, c := range checks {
		all[c.Name()] = check.Pass
	}
	if l := u.facts.Lasting; l != nil && l.CannotLink() {
		all[suites.UpgradeLink] = check.Fail
	}
	return all
}
