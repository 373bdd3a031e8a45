package suites_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/fakerp"
)

// faults are all experiments with a fault, named after it.
func faults() []experiment {
	all := slices.Concat(authentikFaults(), opFaults(), immichFaults(), rpFaults(), accountFaults(), guideFaults(), wireFaults())
	for i, x := range all {
		switch {
		case x.authentik != "":
			all[i].name = "authentik/" + x.authentik
		case x.immich != "":
			all[i].name = "immich/" + x.immich
		default:
			all[i].name = "wire/" + x.wire.Name + "@" + x.wire.Host + x.wire.Path
		}
	}
	return all
}

// TestExperiments shows that the checks bite: each fault brings down exactly the checks that it should, with a finding that
// says what is wrong.
func TestExperiments(t *testing.T) {
	perform(t, faults(), func(t *testing.T, results []check.Result) {
		for _, r := range results {
			if r.Status == check.Fail {
				assertFindings(t, r)
			}
		}
	})
}

// TestNoFaultWithoutAnExperiment keeps faults from being written that nobody notices.
func TestNoFaultWithoutAnExperiment(t *testing.T) {
	t.Parallel()
	var known, tried []string
	for _, f := range fakeop.Faults() {
		known = append(known, "authentik/"+f.Name)
	}
	for _, f := range fakerp.Faults() {
		known = append(known, "immich/"+f.Name)
	}
	for _, f := range edge.Faults() {
		known = append(known, "wire/"+f.Name)
	}
	for _, x := range faults() {
		assert.NotEmpty(t, x.why, x.name)
		assert.NotEmpty(t, x.says, x.name)
		assert.NotEmpty(t, slices.Concat(x.fail, x.inconclusive), "%s: a fault that nobody notices", x.name)
		switch {
		case x.authentik != "", x.immich != "":
			tried = append(tried, x.name)
		default:
			tried = append(tried, "wire/"+x.wire.Name)
		}
	}
	slices.Sort(known)
	slices.Sort(tried)
	assert.Equal(t, known, slices.Compact(tried))
}
