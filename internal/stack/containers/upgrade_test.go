package containers

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// newer is a release that came after.
func newer(r *version.Release) *version.Release {
	other := *r
	other.Version = "1.2.4"
	return &other
}

func TestUpgradeKeepsWhatWasStored(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Volumes = true
	s := start(t, p)
	ctx := t.Context()
	for _, host := range []string{"authentik", "immich"} {
		get(t, s, "https://"+host+".company/keep?text="+host)
	}

	recreated, err := s.Upgrade(ctx, stack.Step{Authentik: p.Authentik, Immich: newer(p.Immich), Images: p.Images})
	require.NoError(t, err)
	assert.Equal(t, []string{Immich}, recreated, "what does not change stays")
	assert.Eventually(t, func() bool { return get(t, s, "https://immich.company/kept") == "immich true" }, time.Minute, 100*time.Millisecond)

	images, err := doubles()
	require.NoError(t, err)
	p.Images[AuthentikPostgres] = images["postgres-newer"]
	recreated, err = s.Upgrade(ctx, stack.Step{Authentik: newer(p.Authentik), Immich: newer(p.Immich), Images: p.Images})
	require.NoError(t, err)
	assert.Equal(t, []string{AuthentikPostgres, AuthentikServer, AuthentikWorker}, recreated)
	assert.Eventually(t, func() bool { return get(t, s, "https://authentik.company/kept") == "authentik true" }, time.Minute, 100*time.Millisecond)
	assert.Len(t, s.Services(), 8)

	for _, name := range []string{"immich-1.2.3", "immich-1.2.4", "authentik-worker-1.2.4", "authentik-postgres", "authentik-postgres-2"} {
		assert.FileExists(t, filepath.Join(p.LogDir, name+".log"), "the logs of both generations are kept")
	}
	watched, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	require.NoError(t, s.Watch(watched), "an end on purpose is no death")
	require.NoError(t, s.Snapshot(ctx))
	assert.False(t, s.Warm())
	require.NoError(t, s.Close(ctx))
	assert.Empty(t, leftovers(t, s.ID()), "volumes included")
}

func TestUpgradeThatEndsSaysWhatWasLogged(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Volumes = true
	s := start(t, p)
	images, err := doubles()
	require.NoError(t, err)

	p.Images[Immich] = "ssoproof.test/none:1"
	_, err = s.Upgrade(t.Context(), stack.Step{Authentik: p.Authentik, Immich: newer(p.Immich), Images: p.Images})
	require.ErrorIs(t, err, stack.ErrUnavailable)
	require.ErrorContains(t, err, "image ssoproof.test/none:1 of service immich cannot be had")
	assert.Equal(t, "https immich.company", get(t, s, "https://immich.company/"), "nothing was stopped")

	p.Images[Immich] = images["dying"]
	_, err = s.Upgrade(t.Context(), stack.Step{Authentik: p.Authentik, Immich: newer(p.Immich), Images: p.Images})
	if err == nil { // it was started before it ended
		err = s.Watch(t.Context())
	}
	var exited *stack.ExitedError
	require.ErrorAs(t, err, &exited)
	assert.Equal(t, Immich, exited.Service)
	assert.Contains(t, exited.Tail, "this one cannot live")
	require.NoError(t, s.Close(t.Context()))
	assert.Empty(t, leftovers(t, s.ID()))
}

func TestOnlyAStackWithVolumesIsUpgraded(t *testing.T) {
	t.Parallel()
	p := plan(t)
	s := start(t, p)
	_, err := s.Upgrade(t.Context(), stack.Step{Authentik: p.Authentik, Immich: newer(p.Immich), Images: p.Images})
	require.ErrorIs(t, err, stack.ErrUnavailable)
	left, err := os.ReadDir(p.LogDir)
	require.NoError(t, err)
	assert.Len(t, left, 8)
}
