package containers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

// pairs are the flags of an upgrade of doubles in containers, on volumes.
func (p *program) pairs(newerImmich string) []string {
	flags := []string{
		"upgrade", "--stack", "containers", "--from", "2025.8.1,v2.7.5", "--to", "2025.10.4,v3.1.0",
		"--image", "authentik@2025.8.1=" + p.images["authentik"], "--image", "authentik@2025.10.4=" + p.images["authentik-newer"],
		"--image", "immich@v2.7.5=" + p.images["immich"], "--image", "immich@v3.1.0=" + p.images[newerImmich],
	}
	for _, service := range []string{"authentik-postgres", "immich-postgres", "valkey"} {
		flags = append(flags, "--image", service+"="+p.images[strings.TrimPrefix(strings.TrimPrefix(service, "authentik-"), "immich-")])
	}
	return flags
}

func TestUpgradeOfDoublesOnVolumes(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append(p.pairs("immich-newer"), "--browser", "host", "--order", "authentik-first", "--only", "upgrade.*,token.id,discovery.*")...)
	id := r.stack()
	r.end(0)
	r.leavesNothing(id)

	kept := r.report()
	assert.Equal(t, report.FakesOK, kept.Verdict)
	for _, c := range kept.Checks {
		assert.Equal(t, check.Pass, c.Status, "%s: %s", c.Name(), c.Reason)
	}
	require.Len(t, kept.Upgrade.Steps, 2)
	assert.Equal(t, []string{"authentik-server", "authentik-worker"}, kept.Upgrade.Steps[0].Recreated)
	assert.Equal(t, []string{"immich"}, kept.Upgrade.Steps[1].Recreated)
	assert.Equal(t, []string{p.images["immich-newer"]}, kept.Upgrade.Steps[1].Images)
	for _, s := range kept.Stack.Services {
		if s.Name == containers.Immich {
			assert.Equal(t, "v3.1.0", s.Observed)
		}
	}
	for _, log := range []string{"immich-v2.7.5", "immich-v3.1.0", "authentik-server-2025.8.1", "authentik-server-2025.10.4"} {
		assert.FileExists(t, logOf(t, r.dir, log), "the logs of both generations")
	}
	before, err := report.Load(filepath.Join(r.dir, report.BeforeDir, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, report.FakesOK, before.Verdict)
	assert.FileExists(t, logOf(t, filepath.Join(r.dir, report.BeforeDir), "immich-v2.7.5"))
}

func TestReleaseThatCannotMigrateEndsWithItsOwnWords(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append(p.pairs("immich-failing"), "--browser", "host", "--only", "upgrade.*")...)
	id := r.stack()
	r.end(1)
	r.leavesNothing(id)
	kept := r.report()
	assert.Equal(t, report.FakesFailed, kept.Verdict)
	require.NotEmpty(t, kept.Checks)
	assert.Equal(t, "upgrade.starts", kept.Checks[0].Name())
	assert.Equal(t, check.Fail, kept.Checks[0].Status)
	require.Len(t, kept.Checks[0].Findings, 1)
	assert.Contains(t, kept.Checks[0].Findings[0].Actual, "Migrations failed: Error: Invalid upgrade path")
	for _, c := range kept.Checks[1:] {
		assert.Equal(t, check.Skip, c.Status, c.Name())
	}
}

func TestInterruptedUpgradeLeavesNoVolume(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	for name, line := range map[string]string{"before": "products ", "between": "lasting state"} {
		t.Run(name, func(t *testing.T) {
			r := p.begin(t, append(p.pairs("immich-newer"), "--browser", "host", "--only", "upgrade.*,token.id")...)
			id := r.stack()
			r.await(line)
			require.NoError(t, r.command.Process.Signal(os.Interrupt))
			r.end(5)
			assert.Equal(t, report.Interrupted, r.report().Verdict)
			r.leavesNothing(id)
		})
	}
}
