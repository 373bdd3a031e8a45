package containers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

const doubleRepository = "ssoproof.test/double"

// doubles makes the images of the doubles once.
var doubles = sync.OnceValues(func() (map[string]string, error) {
	ctx := context.Background()
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	folder, err := os.MkdirTemp("", "double-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "double")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/double")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+e.arch)
	if _, err := output(cmd); err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(binary)
	images := map[string]string{}
	for _, role := range []string{"edge", "postgres", "postgres-newer", "valkey", "chrome", "product", "dying"} {
		repo, tag := doubleRepository+"-"+role, hex.EncodeToString(sum[:8])
		images[role] = repo + ":" + tag
		if _, err := e.image(ctx, images[role]); err == nil {
			continue
		}
		entrypoint := []string{"/ssoproof", role}
		if role == "edge" {
			entrypoint = entrypoint[:1] // the stack says "edge" itself
		}
		if err := e.buildScratch(ctx, repo, tag, binary, entrypoint, map[string]string{labelFake: "true"}); err != nil {
			return nil, err
		}
	}
	return images, nil
})

// plan is a plan of doubles. Tests that need an engine skip where none answers.
func plan(t *testing.T) stack.Plan {
	t.Helper()
	if err := Available(t.Context()); err != nil {
		t.Skip("needs a container engine: ", err)
	}
	images, err := doubles()
	require.NoError(t, err)
	release := func(product version.Product, port string, number int) *version.Release {
		return &version.Release{
			Product: product, Version: "1.2.3", Image: images["product"], Port: number, Media: "/data",
			Environment: map[string]string{"PORT": port},
			Services:    []version.Service{{Name: "postgres", Image: images["postgres"]}, {Name: "valkey", Image: images["valkey"]}},
		}
	}
	return stack.Plan{
		Authentik: release(version.Authentik, "9000", 9000), Immich: release(version.Immich, "2283", 2283),
		AuthentikHost: "authentik.company", ImmichHost: "immich.company", Fresh: true,
		Images: map[string]string{Edge: images["edge"], Browser: images["chrome"]}, LogDir: t.TempDir(),
	}
}
