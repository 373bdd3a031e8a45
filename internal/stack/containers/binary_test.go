package containers

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyThisProgramMadeForTheEngineFits(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	require.NoError(t, err)
	require.ErrorContains(t, fits(own, runtime.GOARCH), "containers.test", "a test binary knows no command")
	require.Error(t, fits("/etc/hostname", runtime.GOARCH))

	other := filepath.Join(t.TempDir(), "double")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", other, "./testdata/double")
	_, err = output(cmd)
	require.NoError(t, err)
	require.ErrorContains(t, fits(other, runtime.GOARCH), "testdata/double")
}
