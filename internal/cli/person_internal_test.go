package cli

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOnlyAYesAgrees(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typed  string
		agrees bool
	}{{"y\n", true}, {" YES \n", true}, {"n\n", false}, {"\n", false}, {"yesterday\n", false}, {"", false}, {"y", true}} {
		t.Run(test.typed, func(t *testing.T) {
			t.Parallel()
			in, keys, err := os.Pipe()
			require.NoError(t, err)
			defer in.Close()
			_, err = keys.WriteString(test.typed)
			require.NoError(t, err)
			require.NoError(t, keys.Close())
			var said strings.Builder
			got, err := (&typist{in: in, out: &said}).Agree(t.Context(), "Go on?")
			require.NoError(t, err)
			assert.Equal(t, test.agrees, got)
			assert.Equal(t, "Go on? [y/N] ", said.String())
		})
	}
}

// TestAnInterruptIsNotWaitedWith is about a question that nobody answers.
func TestAnInterruptIsNotWaitedWith(t *testing.T) {
	t.Parallel()
	in, keys, err := os.Pipe()
	require.NoError(t, err)
	defer in.Close()
	defer keys.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	agreed, err := (&typist{in: in, out: &strings.Builder{}}).Agree(ctx, "Go on?")
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, agreed)
}
