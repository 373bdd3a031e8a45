package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// judged is a report of musts: those named fail by the cause of their name, "" by none, the others pass.
func judged(names []string, causes map[string]string) *report.Report {
	r := &report.Report{Plan: report.Plan{Checks: names}}
	at := map[string]int{}
	for _, name := range names {
		one := check.Result{ID: name, Level: check.Must, Status: check.Pass}
		if id, failed := causes[name]; failed {
			one.Status = check.Fail
			if id != "" {
				i, seen := at[id]
				if !seen {
					i = len(r.Causes)
					at[id] = i
					r.Causes = append(r.Causes, report.Cause{ID: id, Title: "it has " + id, Fix: report.Fix{Text: "mend " + id, File: "pair.yaml", Line: 7}})
					r.Causes[i].ID, _, _ = strings.Cut(id, "/") // what follows is a wording of the change
				}
				r.Causes[i].Checks = append(r.Causes[i].Checks, name)
			}
		}
		r.Checks = append(r.Checks, one)
	}
	return r
}

// TestTheAnswerBlamesTheUpgradeForWhatItBrought goes what became of a login, of another check and of a check that only an
// upgrade has.
func TestTheAnswerBlamesTheUpgradeForWhatItBrought(t *testing.T) {
	t.Parallel()
	type causes = map[string]string
	tests := map[string]struct {
		before, after causes
		was           map[string]check.Status // of link, which the bundle of before does not have
		safety        report.Safety
		text          string
		changes       []string
		already       string
		mends         []string
	}{
		"all works": {safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)"},
		"a new failure by an old cause": {
			before: causes{"login": "no-key"}, after: causes{"login": "no-key", "link": "no-key"},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 2 checks fail for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"a new failure by a cause that another check failed by": {
			before: causes{"login": "no-key", "token": "no-scope"}, after: causes{"login": "no-key", "link": "no-scope"},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 2 checks fail for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)", "it has no-scope: mend no-scope (pair.yaml:7)"},
		},
		"a new failure by another cause": {
			before: causes{"login": "no-key"}, after: causes{"login": "no-key", "link": "http-issuer"},
			safety: report.SafeAfter, text: "not safe as it is; safe after these changes, if a rehearsal with them passes (judged: 3 of 5 checks)",
			changes: []string{"mend http-issuer (pair.yaml:7)"},
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"it failed before by another cause": {
			before: causes{"login": "no-key"}, after: causes{"login": "http-issuer"},
			safety: report.SafeAfter, text: "not safe as it is; safe after these changes, if a rehearsal with them passes (judged: 3 of 5 checks)",
			changes: []string{"mend http-issuer (pair.yaml:7)"},
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"its change is worded otherwise now": {
			before: causes{"login": "no-uri/regex"}, after: causes{"login": "no-uri/strict"},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-uri/regex: mend no-uri/regex (pair.yaml:7)"},
		},
		"a new failure of the same kind, by another setting": {
			before: causes{"login": "no-uri/login"}, after: causes{"login": "no-uri/login", "link": "no-uri/link"},
			safety: report.SafeAfter, text: "not safe as it is; safe after these changes, if a rehearsal with them passes (judged: 3 of 5 checks)",
			changes: []string{"mend no-uri/link (pair.yaml:7)"},
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-uri/login: mend no-uri/login (pair.yaml:7)"},
		},
		"it worked before, though the cause was there": {
			before: causes{"login": "no-key"}, after: causes{"login": "no-key", "token": "no-key"},
			safety: report.SafeAfter, text: "not safe as it is; safe after these changes, if a rehearsal with them passes (judged: 3 of 5 checks)",
			changes: []string{"mend no-key (pair.yaml:7)"},
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"what link does worked before": {
			before: causes{"login": "no-key"}, after: causes{"login": "no-key", "link": "no-key"}, was: map[string]check.Status{"link": check.Pass},
			safety: report.SafeAfter, text: "not safe as it is; safe after these changes, if a rehearsal with them passes (judged: 3 of 5 checks)",
			changes: []string{"mend no-key (pair.yaml:7)"},
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"what link does failed before": {
			after: causes{"link": "no-key"}, was: map[string]check.Status{"link": check.Fail},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"nobody knows why, before and after": {
			before: causes{"login": ""}, after: causes{"login": ""},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. No change is known that mends that.",
		},
		"it is known why only after": {
			before: causes{"login": ""}, after: causes{"login": "no-key"},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"a change mends a part": {
			before: causes{"login": "no-key", "token": report.Unknown}, after: causes{"login": "no-key", "token": report.Unknown},
			safety: report.Safe, text: "safe: it breaks nothing that was judged (3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 2 checks fail for reasons from before it. Known changes for that:",
			mends:   []string{"it has no-key: mend no-key (pair.yaml:7)"},
		},
		"a new failure, and nobody knows why": {
			before: causes{"login": report.Unknown}, after: causes{"login": report.Unknown, "link": report.Unknown},
			safety: report.NotSafe, text: "not safe: it breaks 1 check, and no known change mends all that (judged: 3 of 5 checks)",
			already: "The pair does not fully work before the upgrade either: 1 check fails for reasons from before it. No change is known that mends that.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := judged([]string{"login", "token"}, test.before)
			r := judged([]string{"login", "token", "link"}, test.after)
			for _, one := range []*report.Report{before, r} { // a fact, which is no failure
				one.Checks = append(one.Checks, check.Result{ID: "old-app", Level: check.Info, Status: check.Fail})
			}
			r.Plan.Excluded = []report.Excluded{report.LeftOut("a", nil, report.NotSelected), report.LeftOut("b", nil, report.TurnedOff), {ID: "c", Why: report.NotApplicable}}
			r.Upgrade = &report.Upgrade{}
			was := map[string]check.Status{}
			for _, c := range before.Checks {
				was[c.Name()] = c.Status
			}
			for one, status := range test.was {
				was[one] = status
			}
			for _, name := range r.Plan.Checks {
				_, failed := test.before[name]
				if _, fails := test.after[name]; failed && fails {
					r.Upgrade.Still = append(r.Upgrade.Still, name)
				}
			}
			r.Upgrade.Inherited, r.Upgrade.Mends = r.Inherits(before, was), before.Mend(r.Upgrade.Still)
			assert.NotContains(t, r.Upgrade.Inherited, "old-app")
			a := r.Answer()
			require.NotNil(t, a)
			assert.Equal(t, test.safety, a.Safety)
			assert.Equal(t, test.text, a.Text)
			assert.Equal(t, test.changes, a.Changes)
			assert.Equal(t, test.already, a.Already)
			assert.Equal(t, test.mends, a.Mends)
		})
	}
}

// TestTheAnswerOfAnOlderReport takes what fails before and after for inherited, and an unexpected pass for no failure.
func TestTheAnswerOfAnOlderReport(t *testing.T) {
	t.Parallel()
	r := judged([]string{"login", "link"}, map[string]string{"login": "no-key"})
	r.Checks[1].Status = check.UnexpectedPass
	r.Upgrade = &report.Upgrade{Still: []string{"login"}}
	a := r.Answer()
	assert.Equal(t, report.Safe, a.Safety)
	assert.Equal(t, []string{"it has no-key: mend no-key (pair.yaml:7)"}, a.Mends)
}
