package owner_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/owner"
)

func TestSelfIsAlive(t *testing.T) {
	t.Parallel()
	self := owner.Self()
	assert.True(t, self.Alive())
	read, err := owner.Parse(self.String())
	require.NoError(t, err)
	assert.Equal(t, self, read)
	read.Started -= 3600
	assert.False(t, read.Alive(), "another process has the PID now")
	for _, text := range []string{"", "7", "7-", "x-7", "7-8-9", " 7-8", "7-8 "} {
		_, err := owner.Parse(text)
		assert.Error(t, err, text)
	}
}

// folderOfTheDead is the name of a folder whose process has ended.
func folderOfTheDead(t *testing.T, temp string) string {
	t.Helper()
	ended := exec.CommandContext(t.Context(), "go", "version")
	require.NoError(t, ended.Run())
	return filepath.Join(temp, "ssoproof-logs-"+owner.Process{PID: int32(ended.Process.Pid), Started: owner.Self().Started}.String()+"-123")
}

// The processes stand for a Chrome: they have nothing of it but the folder on their command line.
func TestProcessesThatAKilledRunLeft(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	start := func(folder string) *exec.Cmd {
		p := exec.CommandContext(t.Context(), "sh", "-c", "read forever", "chrome", "--user-data-dir="+folder)
		_, err := p.StdinPipe()
		require.NoError(t, err)
		require.NoError(t, p.Start())
		return p
	}
	mine, err := owner.TempDir("chrome")
	require.NoError(t, err)
	left, used := start(folderOfTheDead(t, temp)), start(mine)
	ended := make(chan error, 1)
	go func() { ended <- left.Wait() }()
	processes, _, err := owner.CleanUp(t.Context())
	require.NoError(t, err)
	assert.Contains(t, processes, int32(left.Process.Pid))
	assert.NotContains(t, processes, int32(used.Process.Pid))
	require.ErrorContains(t, <-ended, "killed")
	require.NoError(t, used.Process.Kill())
	_ = used.Wait()
}

func TestFoldersOfProcessesThatAreGone(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	mine, err := owner.TempDir("chrome")
	require.NoError(t, err)
	assert.DirExists(t, mine)
	gone := folderOfTheDead(t, temp)
	for _, name := range []string{gone, filepath.Join(temp, "ssoproof-logs-123"), filepath.Join(temp, "other-logs-1-1-1")} {
		require.NoError(t, os.Mkdir(name, 0o700))
	}
	left, err := owner.LeftFolders()
	require.NoError(t, err)
	assert.Equal(t, []string{gone}, left, "and nothing whose owner lives or is not known")
	_, removed, err := owner.CleanUp(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{gone}, removed)
	assert.NoDirExists(t, gone)
	assert.DirExists(t, mine)
}
