package containers_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// examineAsPrinted gives a shell the lines that are printed for the doctor.
func examineAsPrinted(t *testing.T, p *program, printed string) {
	t.Helper()
	if _, err := exec.LookPath("docker"); err != nil {
		t.Log("the doctor's lines are not tried: ", err)
		return
	}
	_, lines, found := strings.Cut(printed, "To have it examined, with its own certificate authority:\n")
	require.True(t, found, printed)
	shell := exec.CommandContext(t.Context(), "sh", "-e", "-c", strings.Replace(lines, "ssoproof doctor", p.path+" doctor", 1))
	shell.Dir = t.TempDir()
	said, err := shell.CombinedOutput()
	require.NoError(t, err, "%s", said)
	assert.Contains(t, string(said), "Verdict: partial")
	assert.NotContains(t, string(said), " skip ")
}
