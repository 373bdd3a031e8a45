package containers_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if p, err := built(); err == nil && p != nil {
		for _, ref := range p.images {
			_ = containers.RemoveImage(context.Background(), ref)
		}
		_ = os.RemoveAll(filepath.Dir(p.path))
	}
	os.Exit(code)
}

// program is ssoproof as a static file, and images of the doubles that are made of it.
type program struct {
	path   string
	images map[string]string // by what they double
}

// built is the program, if a test has asked for it.
var built = func() (*program, error) { return nil, nil }

// roles are the images: what they do and what they are given.
func roles() map[string]struct{ tag, entrypoint, more string } {
	return map[string]struct{ tag, entrypoint, more string }{
		"authentik":        {"authentik:2025.8.1", `"fake", "--release", "2025.8.1", "authentik"`, ""},
		"authentik-older":  {"authentik:2025.6.0", `"fake", "--release", "2025.6.0", "authentik"`, ""},
		"authentik-faulty": {"authentik-faulty:2025.8.1", `"fake", "--release", "2025.8.1", "authentik"`, "ENV SSOPROOF_FAKE_FAULTS=loose-match\n"},
		"authentik-newer":  {"authentik:2025.10.4", `"fake", "--release", "2025.10.4", "authentik"`, ""},
		"immich":           {"immich:v2.7.5", `"fake", "--release", "v2.7.5", "immich"`, ""},
		"immich-newer":     {"immich:v3.1.0", `"fake", "--release", "v3.1.0", "immich"`, ""},
		"immich-failing":   {"immich-failing:v3.1.0", `"fake", "--release", "v3.1.0", "immich"`, "ENV SSOPROOF_FAKE_FAULTS=migration-fails\n"},
		"postgres":         {"postgres:1", `"fake", "postgres"`, ""},
		"valkey":           {"valkey:1", `"fake", "valkey"`, ""},
		"dying":            {"dying:1", `"fake", "nobody"`, ""},
	}
}

func build() (*program, error) {
	ctx := context.Background()
	arch, err := containers.Arch(ctx)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "ssoproof-test-")
	if err != nil {
		return nil, err
	}
	p := &program{path: filepath.Join(folder, "ssoproof"), images: map[string]string{}}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", p.path, "./cmd/ssoproof")
	cmd.Dir = "../../.."
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	content, err := os.ReadFile(p.path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	for name, role := range roles() {
		// The tag tells the programs of tests that run side by side apart.
		p.images[name] = "ssoproof.test/" + role.tag + "-" + hex.EncodeToString(sum[:6])
		dockerfile := fmt.Sprintf("FROM scratch\nLABEL io.github.ssoproof.fake=true\nCOPY ssoproof /ssoproof\n%sENTRYPOINT [\"/ssoproof\", %s]\n", role.more, role.entrypoint)
		if err := containers.BuildImage(ctx, p.images[name], dockerfile, content); err != nil {
			return nil, fmt.Errorf("build %s: %w", p.images[name], err)
		}
	}
	return p, nil
}

var once sync.Once

// needsProgram builds the program and its images once; without an engine the test is skipped.
func needsProgram(t *testing.T) *program {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the program for the containers does not run here")
	}
	if err := containers.Available(t.Context()); err != nil {
		t.Skip("needs a container engine: ", err)
	}
	once.Do(func() { built = sync.OnceValues(build) })
	p, err := built()
	require.NoError(t, err)
	return p
}

// pair are the flags of a run on doubles in containers; replaced gives a service another of the images.
func (p *program) pair(replaced map[string]string) []string {
	flags := []string{"--stack", "containers", "--authentik", "2025.8.1", "--immich", "v2.7.5"}
	for service, image := range map[string]string{
		"authentik": "authentik", "immich": "immich", "authentik-postgres": "postgres", "immich-postgres": "postgres", "valkey": "valkey",
	} {
		if other := replaced[service]; other != "" {
			image = other
		}
		ref := p.images[image]
		if ref == "" {
			ref = image
		}
		flags = append(flags, "--image", service+"="+ref)
	}
	return flags
}

// running is ssoproof as a process.
type running struct {
	t       *testing.T
	program *program
	command *exec.Cmd
	lines   chan string   // of standard output
	ended   chan struct{} // closed with standard output
	stdout  strings.Builder
	stderr  bytes.Buffer
	dir     string // output directory
	before  []string
}

func (p *program) begin(t *testing.T, args ...string) *running {
	t.Helper()
	return p.beginWith(t, "CI=", args...)
}

// beginWith is begin with a variable of the environment.
func (p *program) beginWith(t *testing.T, variable string, args ...string) *running {
	t.Helper()
	r := &running{t: t, program: p, dir: t.TempDir(), command: exec.CommandContext(t.Context(), p.path, args...)}
	if args[0] == "run" || args[0] == "upgrade" {
		r.command.Args = append(r.command.Args, "--out", r.dir)
	}
	r.command.Env = append(r.command.Environ(), "CI=", variable)
	r.command.Cancel = func() error { return r.command.Process.Signal(os.Interrupt) } // so that it cleans up
	r.command.WaitDelay = time.Minute
	r.command.Stderr = &r.stderr
	out, err := r.command.StdoutPipe()
	require.NoError(t, err)
	r.lines, r.ended = make(chan string, 1000), make(chan struct{})
	for _, l := range stacks(t) {
		r.before = append(r.before, l.Run)
	}
	require.NoError(t, r.command.Start())
	go func() {
		defer close(r.ended)
		defer close(r.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			r.lines <- lines.Text()
		}
	}()
	return r
}

func stacks(t *testing.T) []containers.Left {
	t.Helper()
	all, err := containers.List(t.Context())
	require.NoError(t, err)
	return all
}

// await reads standard output up to a line that begins so.
func (r *running) await(prefix string) {
	r.t.Helper()
	for line := range r.lines {
		fmt.Fprintln(&r.stdout, line)
		if strings.HasPrefix(line, prefix) {
			return
		}
	}
	require.FailNow(r.t, "no line begins with "+prefix, r.stdout.String()+r.stderr.String())
}

// stack waits for the first container of this run and returns the run's name.
func (r *running) stack() string {
	r.t.Helper()
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		for _, l := range stacks(r.t) {
			if !slices.Contains(r.before, l.Run) && r.program.runs(l) {
				return l.Run
			}
		}
		select {
		case <-poll.C:
		case <-r.ended:
			r.end(-1)
		}
	}
}

// runs reports whether a stack has containers of this program's images.
func (p *program) runs(l containers.Left) bool {
	for _, ref := range p.images {
		if strings.Contains(strings.Join(l.Services, " "), ref) {
			return true
		}
	}
	return false
}

// end waits for the end and compares the exit code.
func (r *running) end(code int) {
	r.t.Helper()
	for line := range r.lines {
		fmt.Fprintln(&r.stdout, line)
	}
	err := r.command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(r.t, err)
	}
	require.Equal(r.t, code, r.command.ProcessState.ExitCode(), r.stdout.String()+r.stderr.String())
}

func (r *running) report() *report.Report {
	r.t.Helper()
	kept, err := report.Load(filepath.Join(r.dir, "report.json"))
	require.NoError(r.t, err)
	return kept
}

func (r *running) leavesNothing(id string) {
	r.t.Helper()
	assert.Empty(r.t, containers.Leftovers(r.t, id), "it is still on the engine")
}
