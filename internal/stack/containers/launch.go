package containers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
	tcnetwork "github.com/testcontainers/testcontainers-go/network"

	"github.com/ssoproof/ssoproof/internal/owner"
)

// Labels by which containers, networks and images of this program are found again.
const (
	labelRun     = "io.github.ssoproof.run"
	labelService = "io.github.ssoproof.service"
	labelKept    = "io.github.ssoproof.kept"
	labelHost    = "io.github.ssoproof.host"  // the machine that the run is on
	labelOwner   = "io.github.ssoproof.owner" // its process there
	labelKind    = "io.github.ssoproof.kind"  // of an image: edge, snapshot
)

// running is a started container.
type running struct {
	spec      spec
	container *testcontainers.DockerContainer
	retired   atomic.Bool   // it ends on purpose
	restarts  int           // how often it was started again
	logged    chan struct{} // closed when its log has been copied
}

func (s *Stack) labels(service string) map[string]string {
	host, _ := os.Hostname()
	return map[string]string{
		labelRun: s.id, labelService: service, labelKept: strconv.FormatBool(s.plan.Keep),
		labelHost: host, labelOwner: owner.Self().String(),
	}
}

// connectNetwork makes the two networks of this run: one without a way out, on which the parts meet, and one for the
// edge, whose ports are published. A name that is missed, and whatever a product wants to fetch, fails at once.
func (s *Stack) connectNetwork(ctx context.Context) error {
	labels := testcontainers.GenericLabels()
	for k, v := range s.labels("network") {
		labels[k] = v
	}
	ctx, cancel := uninterrupted(ctx)
	defer cancel()
	inside, err := tcnetwork.New(ctx, tcnetwork.WithLabels(labels), tcnetwork.WithInternal())
	if err != nil {
		return fmt.Errorf("make a network (if it is the reaper that fails, TESTCONTAINERS_RYUK_DISABLED=true goes without): %w", err)
	}
	outside, err := tcnetwork.New(ctx, tcnetwork.WithLabels(labels))
	if err != nil {
		return fmt.Errorf("make a network for the edge: %w", err)
	}
	s.network, s.outside = inside.Name, outside.Name
	return nil
}

// createTimeout is for creating and starting one container of an image that is here, on a busy machine.
const createTimeout = 2 * time.Minute

// uninterrupted is for what makes something on the engine: an engine goes on with a request that nobody waits for any
// more, and what comes to be after the clean-up stays for ever.
func uninterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), createTimeout)
}

// launch creates and starts a container and attends to it.
func (s *Stack) launch(ctx context.Context, sp spec) (*running, error) {
	s.progress("start " + sp.service)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	whole, cancel := uninterrupted(ctx)
	defer cancel()
	r := &running{spec: sp, logged: make(chan struct{})}
	var err error
	r.container, err = testcontainers.Run(whole, sp.image.run(), s.options(sp)...)
	if err != nil {
		return nil, fmt.Errorf("start %s (%s): %w", sp.service, sp.image.run(), err)
	}
	s.mu.Lock()
	s.parts[sp.service] = r
	s.mu.Unlock()
	return r, s.attend(r)
}

func (s *Stack) options(sp spec) []testcontainers.ContainerCustomizer {
	var files []testcontainers.ContainerFile
	for path, content := range sp.files {
		files = append(files, testcontainers.ContainerFile{Reader: bytes.NewReader(content), ContainerFilePath: path, FileMode: 0o400})
	}
	for path, content := range sp.shared {
		files = append(files, testcontainers.ContainerFile{Reader: bytes.NewReader(content), ContainerFilePath: path, FileMode: 0o444})
	}
	if sp.trusts {
		files = append(files, testcontainers.ContainerFile{Reader: bytes.NewReader(s.ca.PEM()), ContainerFilePath: caPath, FileMode: 0o644})
	}
	var ports []string
	for _, p := range sp.ports {
		ports = append(ports, fmt.Sprintf("%d/tcp", p))
	}
	return []testcontainers.ContainerCustomizer{
		testcontainers.WithLogger(tclog.NewNoopLogger()),
		testcontainers.WithName("ssoproof-" + s.id + "-" + sp.service),
		testcontainers.WithLabels(s.labels(sp.service)),
		s.networks(sp),
		testcontainers.WithCmd(sp.cmd...),
		testcontainers.WithEnv(sp.env),
		testcontainers.WithFiles(files...),
		testcontainers.WithExposedPorts(ports...),
		testcontainers.WithHostConfigModifier(func(h *container.HostConfig) {
			h.PortBindings = s.engine.bindings(sp.ports)
			h.ShmSize = sp.shm
			for _, name := range sp.elsewhere {
				h.ExtraHosts = append(h.ExtraHosts, name+":127.0.0.1")
			}
			s.store(h, sp)
		}),
	}
}

// networks joins a container to the inner network, under its names, and the edge to the outer one as well.
func (s *Stack) networks(sp spec) testcontainers.CustomizeRequestOption {
	inner := tcnetwork.WithNetworkName(append([]string{sp.service}, sp.aliases...), s.network)
	if len(sp.ports) == 0 {
		return inner
	}
	outer := tcnetwork.WithNetworkName([]string{sp.service + "-outside"}, s.outside)
	return func(r *testcontainers.GenericContainerRequest) error { return errors.Join(outer(r), inner(r)) }
}

// bindings publishes ports on random ports, on a local engine of the loopback interface only.
func (e *engine) bindings(ports []int) network.PortMap {
	m := network.PortMap{}
	for _, p := range ports {
		port, ok := network.PortFrom(uint16(p), network.TCP)
		if !ok {
			continue
		}
		binding := network.PortBinding{HostPort: "0"}
		if e.local {
			binding.HostIP = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		m[port] = []network.PortBinding{binding}
	}
	return m
}

// address is where a published port is reached from here.
func (s *Stack) address(ctx context.Context, r *running, port int) (string, error) {
	mapped, err := r.container.MappedPort(ctx, fmt.Sprintf("%d/tcp", port))
	if err != nil {
		s.awaitDeath(ctx, r)
		return "", fmt.Errorf("published port of %s: %w", r.spec.service, err)
	}
	return net.JoinHostPort(s.engine.host, strconv.Itoa(int(mapped.Num()))), nil
}

// noticeTimeout is for the engine to tell of an end that can be seen already.
const noticeTimeout = 10 * time.Second

// awaitDeath waits, where a container has ended, until its watcher knows: an ended container has no ports, and what it
// logged last says more than that.
func (s *Stack) awaitDeath(ctx context.Context, r *running) {
	state, err := r.container.State(ctx)
	if err != nil || state.Running {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTimeout)
	defer cancel()
	select {
	case <-s.mortal.Done():
	case <-ctx.Done():
	}
}
