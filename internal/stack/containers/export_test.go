package containers

import (
	"archive/tar"
	"bytes"
	"context"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// The engine as the tests of the whole road need it: images of doubles, what a container was given, its death, and what
// is left of a run.

// Arch is the engine's architecture.
func Arch(ctx context.Context) (string, error) {
	e, err := connect(ctx)
	if err != nil {
		return "", err
	}
	defer e.provider.Close()
	return e.arch, nil
}

// BuildImage builds an image of this program, the file "ssoproof" in the Dockerfile's context.
func BuildImage(ctx context.Context, ref, dockerfile string, program []byte) error {
	e, err := connect(ctx)
	if err != nil {
		return err
	}
	defer e.provider.Close()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, f := range []struct {
		name    string
		content []byte
	}{{"Dockerfile", []byte(dockerfile)}, {"ssoproof", program}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.content))}); err != nil {
			return err
		}
		if _, err := w.Write(f.content); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	repo, tag, _ := strings.Cut(ref, ":")
	_, err = e.provider.BuildImage(ctx, &testcontainers.ContainerRequest{FromDockerfile: testcontainers.FromDockerfile{
		ContextArchive: bytes.NewReader(archive.Bytes()), Repo: repo, Tag: tag, KeepImage: true,
	}})
	return err
}

// RemoveImage removes an image.
func RemoveImage(ctx context.Context, ref string) error {
	e, err := connect(ctx)
	if err != nil {
		return err
	}
	defer e.provider.Close()
	_, err = e.client.ImageRemove(ctx, ref, client.ImageRemoveOptions{Force: true})
	return err
}

// HasImage reports whether an image is on the engine.
func HasImage(ctx context.Context, ref string) bool {
	e, err := connect(ctx)
	if err != nil {
		return false
	}
	defer e.provider.Close()
	_, err = e.image(ctx, ref)
	return err == nil
}

// Kill ends a service of a run, as a crash would.
func Kill(ctx context.Context, run, service string) error {
	e, err := connect(ctx)
	if err != nil {
		return err
	}
	defer e.provider.Close()
	_, err = e.client.ContainerKill(ctx, "ssoproof-"+run+"-"+service, client.ContainerKillOptions{})
	return err
}

// Restart ends a service of a run and starts it again, as an operator does.
func Restart(ctx context.Context, run, service string) error {
	e, err := connect(ctx)
	if err != nil {
		return err
	}
	defer e.provider.Close()
	_, err = e.client.ContainerRestart(ctx, "ssoproof-"+run+"-"+service, client.ContainerRestartOptions{})
	return err
}

// Pause makes a service of a run stand still; resume lets it go on.
func Pause(ctx context.Context, run, service string) (resume func() error, err error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	name := "ssoproof-" + run + "-" + service
	_, err = e.client.ContainerPause(ctx, name, client.ContainerPauseOptions{})
	return func() error {
		defer e.provider.Close()
		_, err := e.client.ContainerUnpause(ctx, name, client.ContainerUnpauseOptions{})
		return err
	}, err
}

// limitMemory bounds the memory of a service.
func (s *Stack) limitMemory(ctx context.Context, service string, bytes int64) error {
	_, err := s.engine.client.ContainerUpdate(ctx, s.parts[service].container.GetContainerID(), client.ContainerUpdateOptions{
		Resources: &container.Resources{Memory: bytes, MemorySwap: bytes},
	})
	return err
}

// Variables are those that a service of a run was given.
func Variables(ctx context.Context, run, service string) (map[string]string, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	found, err := e.client.ContainerInspect(ctx, "ssoproof-"+run+"-"+service, client.ContainerInspectOptions{})
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, pair := range found.Container.Config.Env {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all, nil
}

// Leftovers are the containers and networks of a run that are still there.
var Leftovers = leftovers

// Address is where the engine listens, or what went wrong.
func Address(ctx context.Context) string {
	e, err := connect(ctx)
	if err != nil {
		return err.Error()
	}
	defer e.provider.Close()
	return e.client.DaemonHost()
}

// BrowserImage is Chrome's.
const BrowserImage = browserImage
