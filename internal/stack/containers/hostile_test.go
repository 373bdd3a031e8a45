package containers_test

import (
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

// Whatever befalls the machine is no violation, and nothing that it befell passes.

// blamesNobody checks that a run found no fault with the products.
func (r *running) blamesNobody() *report.Report {
	r.t.Helper()
	kept := r.report()
	require.Len(r.t, kept.Checks, len(kept.Plan.Checks), "the report is whole")
	for _, c := range kept.Checks {
		assert.NotEqual(r.t, check.Fail, c.Status, "%s: %s", c.Name(), c.Reason)
		assert.NotEqual(r.t, check.Error, c.Status, "%s: %s", c.Name(), c.Reason)
	}
	assert.FileExists(r.t, filepath.Join(r.dir, "report.html"))
	return kept
}

// standstill is longer than any answer of a double takes.
const standstill = 4 * time.Second

func TestProductThatStandsStillForAWhile(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--browser", "host", "--only", "guide.*,discovery.*,token.id,op.answer"}, p.pair(nil)...)...)
	id := r.stack()
	r.await("pass ")
	resume, err := containers.Pause(t.Context(), id, containers.AuthentikServer)
	require.NoError(t, err)
	<-time.After(standstill)
	require.NoError(t, resume())
	r.end(0)
	r.leavesNothing(id)
	assert.Equal(t, report.FakesOK, r.blamesNobody().Verdict)
}

// A product that was restarted by hand has lost what it had in memory: what comes after would be judged on another one.
func TestProductThatIsRestartedWhileChecksRun(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--browser", "host", "--parallel", "1"}, p.pair(nil)...)...)
	id := r.stack()
	r.await("pass ")
	_ = containers.Restart(t.Context(), id, containers.AuthentikServer) // an error where all was taken down before it is up again
	r.end(4)
	r.leavesNothing(id)
	assert.Regexp(t, `^ssoproof: the stack broke while checks ran: authentik-server ended with exit code `, r.stderr.String())
	assert.Equal(t, report.Inconclusive, r.blamesNobody().Verdict)
}

// engine passes the connections of a run on to the real engine until it goes away.
type engine struct {
	address string
	mu      sync.Mutex
	open    []net.Conn
	down    bool
}

func startEngine(t *testing.T) *engine {
	t.Helper()
	real, local := strings.CutPrefix(containers.Address(t.Context()), "unix://")
	if !local {
		t.Skip("the engine is not on a socket of this machine")
	}
	folder := t.TempDir()
	e := &engine{address: "unix://" + filepath.Join(folder, "sock")}
	l, err := net.Listen("unix", filepath.Join(folder, "sock"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close(); e.vanish() })
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("unix", real)
			if err != nil || !e.pass(here, there) {
				_ = here.Close()
				continue
			}
		}
	}()
	return e
}

// pass copies between two connections; false: the engine has gone.
func (e *engine) pass(here, there net.Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		_ = there.Close()
		return false
	}
	e.open = append(e.open, here, there)
	go func() { _, _ = io.Copy(there, here); _ = there.(*net.UnixConn).CloseWrite() }()
	go func() { _, _ = io.Copy(here, there); _ = here.(*net.UnixConn).CloseWrite() }()
	return true
}

// vanish cuts every connection, and lets no other in.
func (e *engine) vanish() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = true
	for _, c := range e.open {
		_ = c.Close()
	}
}

func TestEngineThatGoesAway(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	e := startEngine(t)
	r := p.beginWith(t, "DOCKER_HOST="+e.address, append([]string{"run", "--browser", "host", "--parallel", "1"}, p.pair(nil)...)...)
	id := r.stack()
	r.await("pass ")
	e.vanish()
	r.end(4)
	assert.Regexp(t, `^ssoproof: the stack broke while checks ran: lost sight of `, r.stderr.String())
	assert.Equal(t, report.Inconclusive, r.blamesNobody().Verdict)

	assert.Contains(t, r.stderr.String(), id)
	removed, err := containers.DownAll(t.Context(), containers.Abandoned)
	require.NoError(t, err)
	assert.Contains(t, removed, id)
	r.leavesNothing(id)
}
