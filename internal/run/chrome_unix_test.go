//go:build unix

package run_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// TestChromeThatNeverAnswers is not parallel: the search path belongs to the process.
func TestChromeThatNeverAnswers(t *testing.T) {
	folder := t.TempDir()
	silence := filepath.Join(folder, "silence")
	require.NoError(t, syscall.Mkfifo(silence, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "chromium"), []byte("#!/bin/sh\nread nothing < "+silence+"\n"), 0o755))
	t.Setenv("PATH", folder)
	o := fakes(t, "guide.immich")
	o.ReadyLimit = 2 * time.Second
	outcome, err := run.Run(t.Context(), o)
	require.ErrorIs(t, err, stack.ErrUnavailable)
	assert.ErrorContains(t, err, "chromium: did not start: no answer within 2s")
	assert.Equal(t, report.Inconclusive, outcome.Verdict)
	assert.Empty(t, outcome.Report.Checks)
	assert.Equal(t, err.Error(), outcome.Report.Run.Error)
}
