package suites_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/report"
)

// causes are those that a run names under each fault, beside unknown; no others are right. A fault that is not here breaks what
// no setting and no proxy can be blamed for.
var causes = map[string][]string{}

// compareCauses holds the causes of a run against what is expected: unknown is better than wrong.
func (s *stand) compareCauses(t *testing.T, rep *report.Report) {
	t.Helper()
	var named []string
	for _, c := range rep.Causes {
		if c.ID != report.Unknown && !slices.Contains(named, c.ID) {
			named = append(named, c.ID)
		}
	}
	slices.Sort(named)
	assert.Equal(t, causes[s.name], named, "the causes")
}
