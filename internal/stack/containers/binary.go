package containers

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/ssoproof/ssoproof/internal/owner"
)

// Where this program comes from.
const (
	modulePath  = "github.com/ssoproof/ssoproof"
	commandPath = modulePath + "/cmd/ssoproof"
)

// edgeRepository is never pulled from; the tag is a hash of the binary.
const edgeRepository = "ssoproof.test/edge"

// kindEdge marks images of the edge.
const kindEdge = "edge"

// labelFake marks images of doubles.
const labelFake = "io.github.ssoproof.fake"

// edgeImage is the image that a plan names, else one made FROM scratch out of this program.
func (s *Stack) edgeImage(ctx context.Context) (image, error) {
	if imageOf(s.plan, Edge) != "" {
		return s.ensure(ctx, Edge)
	}
	binary, err := edgeBinary(ctx, s.engine.arch)
	if err != nil {
		return image{}, err
	}
	sum := sha256.Sum256(binary)
	tag := hex.EncodeToString(sum[:8])
	ref := edgeRepository + ":" + tag
	if img, err := s.engine.image(ctx, ref); err == nil {
		return img, nil
	}
	s.progress("build the edge's image")
	if err := s.engine.buildScratch(ctx, edgeRepository, tag, binary, []string{"/ssoproof"}, map[string]string{labelKind: kindEdge}); err != nil {
		return image{}, fmt.Errorf("build the edge's image: %w", oneLine{err})
	}
	return s.engine.image(ctx, ref)
}

// buildScratch makes an image of nothing but this program.
func (e *engine) buildScratch(ctx context.Context, repo, tag string, binary []byte, entrypoint []string, labels map[string]string) error {
	archive, err := buildContext(binary, entrypoint)
	if err != nil {
		return err
	}
	_, err = e.provider.BuildImage(ctx, &testcontainers.ContainerRequest{FromDockerfile: testcontainers.FromDockerfile{
		ContextArchive: bytes.NewReader(archive), Repo: repo, Tag: tag, KeepImage: true,
		BuildOptionsModifier: func(o *client.ImageBuildOptions) { o.Labels = labels },
	}})
	return err
}

// buildContext is what the engine builds such an image from.
func buildContext(binary []byte, entrypoint []string) ([]byte, error) {
	command, err := json.Marshal(entrypoint)
	if err != nil {
		return nil, err
	}
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	files := []struct {
		name    string
		mode    int64
		content []byte
	}{
		{"Dockerfile", 0o644, fmt.Appendf(nil, "FROM scratch\nCOPY ssoproof /ssoproof\nENTRYPOINT %s\n", command)},
		{"ssoproof", 0o755, binary},
	}
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.content))}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	return buffer.Bytes(), w.Close()
}

// edgeBinary is this program for linux and an architecture: the running executable where it fits, else built from
// source where source and toolchain are at hand.
func edgeBinary(ctx context.Context, arch string) ([]byte, error) {
	own, err := os.Executable()
	if err == nil {
		err = fits(own, arch)
	}
	if err == nil {
		return os.ReadFile(own)
	}
	binary, buildErr := build(ctx, arch)
	if buildErr != nil {
		return nil, fmt.Errorf("the edge needs this program as a static binary for linux/%s: the running one does not do (%w), "+
			"building one failed (%w); name an image with --image %s=REF", arch, err, oneLine{buildErr}, Edge)
	}
	return binary, nil
}

// machines maps Go's names of architectures to ELF's.
func machines() map[string]elf.Machine {
	return map[string]elf.Machine{
		"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "386": elf.EM_386, "arm": elf.EM_ARM,
		"ppc64le": elf.EM_PPC64, "s390x": elf.EM_S390, "riscv64": elf.EM_RISCV,
	}
}

// fits reports why an executable cannot be the edge: another program, another machine, or it needs shared libraries.
func fits(path, arch string) error {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return err
	}
	if info.Path != commandPath {
		return fmt.Errorf("it is %s", info.Path)
	}
	file, err := elf.Open(path)
	if err != nil {
		return errors.New("it is not a program for linux")
	}
	defer file.Close()
	if machine, known := machines()[arch]; !known || file.Machine != machine {
		return fmt.Errorf("it is for %s", file.Machine)
	}
	if slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return errors.New("it needs shared libraries")
	}
	return nil
}

// build makes the binary with the Go toolchain, inside a checkout of this module.
func build(ctx context.Context, arch string) ([]byte, error) {
	root, err := output(exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", modulePath))
	if err != nil {
		return nil, err
	}
	folder, err := owner.TempDir("edge")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	target := filepath.Join(folder, "ssoproof")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", target, commandPath)
	cmd.Dir = strings.TrimSpace(root)
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if _, err := output(cmd); err != nil {
		return nil, err
	}
	return os.ReadFile(target)
}

// output runs a command; its error holds what the command had to say.
func output(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args[:2], " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}
