package run_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
)

// faltering is a stack whose Immich did not come up at its first starts.
type faltering struct{ *inproc.Stack }

func (s faltering) Services() []stack.Service {
	services := s.Stack.Services()
	for i := range services {
		if services[i].Name == "immich" {
			services[i].Restarts = 2
		}
	}
	return services
}

// shouting is a stack of which a part ends after it has logged a line of megabytes.
type shouting struct{ *inproc.Stack }

func (s shouting) Watch(context.Context) error {
	return &stack.ExitedError{Service: "immich", Code: 7, Tail: strings.Repeat("x", 8<<20)}
}

func TestErrorOfARunIsReadableWhateverWasLogged(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t, "guide.immich")
	o.Raise = func(plan stack.Plan) (stack.Stack, error) {
		s, err := inproc.Start(plan)
		return shouting{s}, err
	}
	outcome, err := run.Run(t.Context(), o)
	require.ErrorContains(t, err, "immich ended with exit code 7; its last lines:\nxxxx")
	assert.Less(t, len(err.Error()), 2000)
	assert.Equal(t, "the stack could not be provided: immich ended with exit code 7", outcome.Report.Run.Error, "the log is kept whole beside it")
}

func TestRunTellsOfAProductThatCameUpLate(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t, "guide.immich")
	o.Raise = func(plan stack.Plan) (stack.Stack, error) {
		s, err := inproc.Start(plan)
		return faltering{s}, err
	}
	outcome, err := run.Run(t.Context(), o)
	require.NoError(t, err)
	assert.Contains(t, outcome.Report.Notes, "immich ended 2 times before it was ready, and was started again, as its compose file does")
	restarts := map[string]int{}
	for _, s := range outcome.Report.Stack.Services {
		restarts[s.Name] = s.Restarts
	}
	assert.Equal(t, 2, restarts["immich"])
}
