package containers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

func start(t *testing.T, p stack.Plan) *Stack {
	t.Helper()
	s, err := Start(t.Context(), p)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.Background())) })
	return s
}

func get(t *testing.T, s *Stack, url string) string {
	t.Helper()
	res, err := s.HTTPClient().Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(body)
}

// leftovers lists the containers, networks and volumes of a run that are still there.
func leftovers(t *testing.T, run string) []string {
	t.Helper()
	e, err := connect(context.Background())
	require.NoError(t, err)
	defer e.provider.Close()
	filter := client.Filters{}.Add("label", labelRun+"="+run)
	var names []string
	found, err := e.client.ContainerList(context.Background(), client.ContainerListOptions{All: true, Filters: filter})
	require.NoError(t, err)
	for _, c := range found.Items {
		names = append(names, c.Names...)
	}
	networks, err := e.client.NetworkList(context.Background(), client.NetworkListOptions{Filters: filter})
	require.NoError(t, err)
	for _, n := range networks.Items {
		names = append(names, n.Name)
	}
	volumes, err := e.client.VolumeList(context.Background(), client.VolumeListOptions{Filters: filter})
	require.NoError(t, err)
	for _, v := range volumes.Items {
		names = append(names, v.Name)
	}
	return names
}

func TestStartBringsTheStackUpAndCloseTakesItDown(t *testing.T) {
	t.Parallel()
	p := plan(t)
	var phases []string
	p.Progress = func(p stack.Progress, _ time.Duration) { phases = append(phases, p.Text) }
	s := start(t, p)
	ctx := t.Context()

	assert.Equal(t, "https authentik.company", get(t, s, "https://authentik.company/"))
	assert.Equal(t, "https immich.company", get(t, s, "https://immich.company/"))
	_, err := s.HTTPClient().Get("https://example.org/")
	require.ErrorContains(t, err, "is not a public name of this run")

	assert.Equal(t, "fetched: https authentik.company", get(t, s, "https://immich.company/fetch?url=https://authentik.company/application/o/immich/"))
	x, err := s.Edge().Find(ctx, 0, "Immich's discovery", func(x *edge.Exchange) bool { return x.Leg == edge.FromImmich })
	require.NoError(t, err)
	assert.Equal(t, "https://authentik.company/application/o/immich/", x.URL)
	get(t, s, "https://authentik.company/fetch?url=https://immich.company/api/oauth/backchannel-logout")
	_, err = s.Edge().Find(ctx, 0, "a logout token", func(x *edge.Exchange) bool { return x.Leg == edge.FromAuthentik })
	require.NoError(t, err)

	assert.NotEmpty(t, s.Browser().RemoteURL)
	assert.Contains(t, s.Browser().HostRules, "MAP authentik.company:443 ")
	assert.Contains(t, phases, "start immich")
	services := s.Services()
	require.Len(t, services, 8)
	assert.True(t, slices.IsSortedFunc(services, func(a, b stack.Service) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) }))
	for _, service := range services {
		assert.True(t, service.Fake, service.Name)
		assert.NotEmpty(t, service.Digest, service.Name)
	}
	var log bytes.Buffer
	require.NoError(t, s.LastLines(ctx, Immich, 9, &log))
	assert.Equal(t, "double of product\n", log.String())
	require.Error(t, s.LastLines(ctx, "nobody", 9, &log))

	require.NoError(t, s.Close(ctx))
	assert.Empty(t, leftovers(t, s.ID()))
	kept, err := os.ReadFile(filepath.Join(p.LogDir, Immich+".log"))
	require.NoError(t, err)
	assert.Equal(t, "double of product\n", string(kept))
	require.NoError(t, s.Close(ctx), "twice does no harm")
	require.NoError(t, s.Watch(ctx), "an end on purpose is no death")
}

func TestSnapshotMakesTheNextStartWarm(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.AuthentikHost = "snapshot." + p.AuthentikHost // a key of its own
	first := start(t, p)
	require.NoError(t, first.Snapshot(t.Context()))
	t.Cleanup(func() { removeImages(t, first.snapshots) })
	assert.False(t, first.Warm())
	require.NoError(t, first.Close(t.Context()))
	for product, ref := range first.snapshots {
		shown := inspected(t, ref)
		for _, secret := range []string{first.authentik.SecretKey, first.authentik.Token, first.authentik.Password, first.authentik.Database,
			first.immich.Password, first.immich.Database} {
			assert.NotContains(t, shown, secret, "what the engine shows of the snapshot of %s", product)
		}
	}

	p.Fresh = false
	release := *p.Immich
	release.Environment = map[string]string{"TZ": "Europe/Berlin"}
	changed := p
	changed.Immich = &release
	other := start(t, changed)
	assert.False(t, other.Warm(), "a database that was made in another environment is not taken")
	require.NoError(t, other.Close(t.Context()))

	second := start(t, p)
	assert.True(t, second.Warm())
	assert.Equal(t, credentials(first), credentials(second), "the credentials of a database live as long as it does")
	assert.Equal(t, first.Services(), second.Services(), "the report names the product's image")
	require.NoError(t, second.Snapshot(t.Context()), "nothing to keep")
	require.NoError(t, second.Close(t.Context()))

	p.Fresh = true
	third := start(t, p)
	assert.False(t, third.Warm())
	assert.NotEqual(t, credentials(first), credentials(third))
}

// credentials are the secrets of a stack that live in its databases.
func credentials(s *Stack) stack.Secrets {
	secrets := s.Secrets()
	secrets.Control = ""
	return secrets
}

// inspected is all that the engine shows of an image.
func inspected(t *testing.T, ref string) string {
	t.Helper()
	e, err := connect(t.Context())
	require.NoError(t, err)
	defer e.provider.Close()
	found, err := e.client.ImageInspect(t.Context(), ref)
	require.NoError(t, err)
	return fmt.Sprintf("%+v %+v", found, found.Config)
}

// TestOnlyTheEdgePublishesPorts keeps databases, products and Chrome's DevTools from whoever reaches the engine's machine.
func TestOnlyTheEdgePublishesPorts(t *testing.T) {
	t.Parallel()
	s := start(t, plan(t))
	for service, part := range s.parts {
		found, err := part.container.Inspect(t.Context())
		require.NoError(t, err)
		var published []string
		for port, bindings := range found.NetworkSettings.Ports {
			for _, b := range bindings {
				assert.Equal(t, "127.0.0.1", b.HostIP.String(), "%s of %s", port, service)
				published = append(published, port.String())
			}
		}
		if service == Edge {
			assert.Len(t, published, 2, "the public names and the control port")
			continue
		}
		assert.Empty(t, published, service)
		assert.Len(t, found.NetworkSettings.Networks, 1, "%s has a way out", service)
	}
	inside, err := s.engine.client.NetworkInspect(t.Context(), s.network, client.NetworkInspectOptions{})
	require.NoError(t, err)
	assert.True(t, inside.Network.Internal, "the parts have no way out")
}

func removeImages(t *testing.T, refs map[version.Product]string) {
	e, err := connect(context.Background())
	require.NoError(t, err)
	defer e.provider.Close()
	for _, ref := range refs {
		_, err := e.client.ImageRemove(context.Background(), ref, client.ImageRemoveOptions{Force: true})
		assert.NoError(t, err)
	}
}

func TestStartFailsWithTheLastLinesOfAContainerThatEnds(t *testing.T) {
	t.Parallel()
	p := plan(t)
	images, err := doubles()
	require.NoError(t, err)
	p.Images[ImmichPostgres] = images["dying"]
	began := time.Now()
	_, err = Start(t.Context(), p)
	require.ErrorIs(t, err, stack.ErrUnavailable)
	require.ErrorContains(t, err, "immich-postgres ended with exit code 1")
	require.ErrorContains(t, err, "this one cannot live")
	assert.Less(t, time.Since(began), databaseTimeout/2, "nobody waits for the dead")
}

func TestWatchTellsOfALaterDeath(t *testing.T) {
	t.Parallel()
	s := start(t, plan(t))
	s.Ready()
	_, _ = s.HTTPClient().Get("https://immich.company/die")
	err := s.Watch(t.Context())
	require.ErrorIs(t, err, stack.ErrUnavailable)
	require.ErrorContains(t, err, "immich ended with exit code 7; its last lines")
	require.ErrorContains(t, err, "told to die")
}

// A product that is not ready yet is started again, as both projects' compose files do; one that checks rely on is not.
func TestProductThatEndsBeforeItIsReadyIsStartedAgain(t *testing.T) {
	t.Parallel()
	p := plan(t)
	s := start(t, p)
	_, _ = s.HTTPClient().Get("https://immich.company/die")
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		answer, err := s.HTTPClient().Get("https://immich.company/")
		if assert.NoError(c, err) {
			assert.Equal(c, http.StatusOK, answer.StatusCode)
			assert.NoError(c, answer.Body.Close())
		}
		i := slices.IndexFunc(s.Services(), func(one stack.Service) bool { return one.Name == Immich })
		assert.Equal(c, 1, s.Services()[i].Restarts)
	}, time.Minute, 100*time.Millisecond)

	s.Ready()
	_, _ = s.HTTPClient().Get("https://immich.company/die")
	require.ErrorContains(t, s.Watch(t.Context()), "immich ended with exit code 7 at the last of 2 starts; its last lines")
	require.NoError(t, s.Close(t.Context()))
	kept, err := os.ReadFile(filepath.Join(p.LogDir, Immich+".log"))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("double of product\ntold to die\n", 2), string(kept), "one log of both lives")
}

func TestProductThatRunsOutOfMemory(t *testing.T) {
	t.Parallel()
	s := start(t, plan(t))
	if err := s.limitMemory(t.Context(), Immich, 64<<20); err != nil {
		t.Skip("the engine does not bound memory: ", err)
	}
	s.Ready()
	_, _ = s.HTTPClient().Get("https://immich.company/eat")
	require.ErrorContains(t, s.Watch(t.Context()), "immich ended with exit code 137, for lack of memory; its last lines:\ndouble of product\ntold to eat")
}

func TestErrorShowsAPartOfALongLine(t *testing.T) {
	t.Parallel()
	s := start(t, plan(t))
	s.Ready()
	_, _ = s.HTTPClient().Get("https://immich.company/shout")
	err := s.Watch(t.Context())
	require.ErrorContains(t, err, "immich ended with exit code 7; its last lines:\nssoproof: ")
	assert.Less(t, len(err.Error()), tailBytes+200)
}

func TestStartNamesAnImageThatCannotBeHad(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Images[Immich] = "ssoproof.test/none:1"
	missing, err := Missing(t.Context(), p)
	require.NoError(t, err)
	assert.Equal(t, []string{"ssoproof.test/none:1"}, missing)
	_, err = Start(t.Context(), p)
	require.ErrorIs(t, err, stack.ErrUnavailable)
	require.ErrorContains(t, err, "image ssoproof.test/none:1 of service immich cannot be had")
	assert.NotContains(t, err.Error(), "\n")
}

func TestInterruptedStartLeavesNothing(t *testing.T) {
	t.Parallel()
	p := plan(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.Progress = func(p stack.Progress, _ time.Duration) {
		if p.Text == "start immich" {
			cancel()
		}
	}
	s, err := newStack(ctx, p)
	require.NoError(t, err)
	require.ErrorIs(t, s.start(ctx), context.Canceled)
	assert.NotEmpty(t, leftovers(t, s.ID()))
	require.NoError(t, s.Close(context.Background()))
	assert.Empty(t, leftovers(t, s.ID()))
}

func TestHostBrowserNeedsNoContainer(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Browser = browserHost
	s := start(t, p)
	assert.Empty(t, s.Browser().RemoteURL)
	assert.Contains(t, s.Browser().HostRules, "MAP * ~NOTFOUND")
	assert.NotEmpty(t, s.Browser().SPKI)
	assert.Len(t, s.Services(), 7)
}

func TestUnknownBrowserIsRefused(t *testing.T) {
	t.Parallel()
	p := plan(t)
	p.Browser = "netscape"
	_, err := Start(t.Context(), p)
	require.ErrorContains(t, err, `browser "netscape": want auto, container or host`)
}

// TestKeptStackIsFoundAndTakenDown runs in a process of its own, since testcontainers reads its settings once.
func TestKeptStackIsFoundAndTakenDown(t *testing.T) {
	t.Parallel()
	if os.Getenv("SSOPROOF_TEST_KEEP") == "" {
		plan(t) // skips without an engine
		inProcess(t, "SSOPROOF_TEST_KEEP=1")
		return
	}
	require.NoError(t, WithoutReaper())
	p := plan(t)
	p.Keep = true
	s, err := Start(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	require.Len(t, leftovers(t, s.ID()), 10, "eight containers and two networks")
	left, err := List(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(left, func(l Left) bool { return l.Run == s.ID() })
	require.NotEqual(t, -1, i)
	assert.Equal(t, Kept, left[i].State)
	assert.Contains(t, left[i].Services, "immich ("+p.Immich.Image+", running)")

	removed, err := Down(t.Context(), s.ID())
	require.NoError(t, err)
	assert.Equal(t, []string{s.ID()}, removed)
	assert.Empty(t, leftovers(t, s.ID()))
	_, err = Down(t.Context(), s.ID())
	require.ErrorContains(t, err, "no stack")
}

func TestBadSettingsAreOneClearLine(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"TESTCONTAINERS_SESSION_ID=not a name": "invalid TESTCONTAINERS_SESSION_ID", // testcontainers panics
		"DOCKER_HOST=tcp://127.0.0.1:1":        "127.0.0.1:1",
	}
	if want := os.Getenv("SSOPROOF_TEST_SETTING"); want != "" {
		err := Available(t.Context())
		require.ErrorIs(t, err, stack.ErrUnavailable)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
		return
	}
	for setting, want := range tests {
		inProcess(t, setting, "SSOPROOF_TEST_SETTING="+want)
	}
}

// inProcess runs the calling test again in a process with other settings.
func inProcess(t *testing.T, env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS", string(out))
}
