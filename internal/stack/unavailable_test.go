package stack_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/stack"
)

func TestUnavailableSaysSoOnceAndKeepsItsReason(t *testing.T) {
	t.Parallel()
	reason := errors.New("no engine")
	err := stack.Unavailable(reason)
	assert.EqualError(t, err, "the stack could not be provided: no engine")
	assert.ErrorIs(t, err, stack.ErrUnavailable)
	assert.ErrorIs(t, err, reason)
	assert.Equal(t, err, stack.Unavailable(err), "it is not said twice")
	assert.Equal(t, reason, stack.Reason(fmt.Errorf("upgrade: %w", err)))
	assert.Equal(t, reason, stack.Reason(reason))
}
