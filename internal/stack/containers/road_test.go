package containers_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
)

// The tests with a Chrome of this machine are not parallel: it aborts its requests whenever a container starts or stops.

func needsChrome(t *testing.T) string {
	t.Helper()
	path, err := browser.Find()
	if err != nil {
		t.Skip(err)
	}
	return path
}

func TestWholeRoadOnDoublesInContainers(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--browser", "host"}, p.pair(nil)...)...)
	id := r.stack()
	r.end(0)
	r.leavesNothing(id)

	kept := r.report()
	assert.Equal(t, report.FakesOK, kept.Verdict)
	assert.Len(t, kept.Checks, len(kept.Plan.Checks))
	assert.Greater(t, len(kept.Checks), 30, "the whole catalogue")
	assert.Equal(t, stack.Containers, kept.Stack.Kind)
	assert.False(t, kept.Stack.Warm, "a double's database has nothing to keep")
	for _, phase := range kept.Run.Phases {
		assert.NotEqual(t, "snapshot", phase.Name)
	}
	for _, s := range kept.Stack.Services {
		assert.Equal(t, s.Name != containers.Edge, s.Fake, s.Name)
		assert.NotEmpty(t, s.Digest, s.Name)
		assert.FileExists(t, logOf(t, r.dir, s.Name))
	}
	require.Len(t, kept.Stack.Services, 7)
	log, err := os.ReadFile(logOf(t, r.dir, containers.Immich))
	require.NoError(t, err)
	assert.Contains(t, string(log), "double of immich v2.7.5")
	assert.Contains(t, r.stdout.String(), "note: FAKES: this run used simulations instead of authentik-postgres, ")
}

// logOf is the path of a service's log.
func logOf(t *testing.T, dir, service string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "evidence/run/*-"+service+".log"))
	require.NoError(t, err)
	require.Len(t, found, 1, service)
	return found[0]
}

func TestFaultOfADoubleIsFoundThroughTheEdgeContainer(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--browser", "host", "--only", "redirect.refused[uri=login],guide.*"},
		p.pair(map[string]string{"authentik": "authentik-faulty"})...)...)
	r.end(1)
	kept := r.report()
	assert.Equal(t, report.FakesFailed, kept.Verdict)
	for _, c := range kept.Checks {
		want := check.Pass
		if c.ID == "redirect.refused" {
			want = check.Fail
		}
		assert.Equal(t, want, c.Status, "%s: %s", c.Name(), c.Reason)
	}
}

func TestChromeInAContainerOfTheStack(t *testing.T) {
	t.Parallel()
	p := needsProgram(t)
	if !containers.HasImage(t.Context(), containers.BrowserImage) {
		t.Skip("needs the image " + containers.BrowserImage)
	}
	r := p.begin(t, append([]string{"run", "--browser", "container", "--only", "login.web.first[consent=explicit],redirect.documented[uri=app]"}, p.pair(nil)...)...)
	id := r.stack()
	r.end(0)
	r.leavesNothing(id)
	assert.Equal(t, report.FakesOK, r.report().Verdict)
	assert.Len(t, r.report().Stack.Services, 8)
}

func TestContainerThatDiesWhileChecksRun(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--browser", "host", "--parallel", "1"}, p.pair(nil)...)...)
	id := r.stack()
	r.await("pass ")
	require.NoError(t, containers.Kill(t.Context(), id, containers.Immich))
	r.end(4)
	r.leavesNothing(id)
	assert.Regexp(t, `^ssoproof: the stack broke while checks ran: immich ended with exit code 137; its last lines:\n`, r.stderr.String())
	kept := r.report()
	assert.Equal(t, report.Inconclusive, kept.Verdict)
	require.Len(t, kept.Checks, len(kept.Plan.Checks))
	last := kept.Checks[len(kept.Checks)-1]
	assert.Equal(t, check.Inconclusive, last.Status)
	assert.Contains(t, last.Reason, "immich ended with exit code 137")
	assert.NotContains(t, last.Reason, "its last lines", "they are told once")
	assert.NotContains(t, last.Reason, stack.ErrUnavailable.Error(), "it was provided")
	for _, c := range kept.Checks {
		assert.NotEqual(t, check.Fail, c.Status, "%s: %s", c.Name(), c.Reason)
	}
}

func TestStacksThatCannotBeProvided(t *testing.T) {
	t.Parallel()
	p := needsProgram(t)
	tests := map[string]struct {
		service, image string
		want           string
	}{
		"an image that cannot be pulled": {"immich", "ssoproof.test/none:1", `image ssoproof.test/none:1 of service immich cannot be had: .* --image immich=REF\)\n$`},
		"a product that ends":            {"immich", "dying", "immich ended with exit code 2 at the last of 4 starts; its last lines:\n  ssoproof: there is no double of \"nobody\" "},
		"another release":                {"authentik", "authentik-older", `authentik 2025.8.1 was asked for, but its image runs 2025.6.0: .*\n$`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A Chrome on the host would do; it is started after the stack, and nothing of it is judged.
			needsChrome(t)
			r := p.begin(t, append([]string{"run", "--browser", "host"}, p.pair(map[string]string{test.service: test.image})...)...)
			r.end(3)
			assert.Regexp(t, "^ssoproof: the stack could not be provided: "+test.want, r.stderr.String())
			kept := r.report()
			assert.Equal(t, report.Inconclusive, kept.Verdict)
			assert.NotEmpty(t, kept.Run.Error)
			assert.Equal(t, stack.Containers, kept.Stack.Kind)
			for _, l := range stacks(t) {
				if image := p.images[test.image]; image != "" {
					assert.NotContains(t, strings.Join(l.Services, " "), image)
				}
			}
		})
	}
}

func TestProductThatNeverBecomesReady(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	p := needsProgram(t)
	o := run.Options{
		Stack: run.Containers, Browser: "host", Authentik: "2025.8.1", Immich: "v2.7.5", Parallel: 1,
		Images: map[string]string{
			"authentik": p.images["authentik"], "authentik-postgres": p.images["postgres"], "immich-postgres": p.images["postgres"],
			"valkey": p.images["valkey"], "immich": p.images["authentik"], // which listens on another port
		},
		ReadyLimit: 10 * time.Second, Out: t.TempDir(), Output: &bytes.Buffer{}, Now: time.Now,
	}
	outcome, err := run.Run(t.Context(), o)
	require.ErrorIs(t, err, stack.ErrUnavailable)
	assert.Regexp(t, `(?i)immich .*was not ready after [0-9.]+s: missing `, err.Error())
	assert.Contains(t, err.Error(), "the last lines of immich:\n  double of authentik 2025.8.1 on port 9000")
	assert.NotContains(t, err.Error(), "authentik 2025.8.1 was not ready")
	assert.Equal(t, report.Inconclusive, outcome.Verdict)
	assert.Equal(t, err.Error(), outcome.Report.Run.Error)
}

func TestInterruptTakesTheStackDown(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	tests := map[string]func(*running){
		"while it starts":   func(*running) {},
		"while checks run":  func(r *running) { r.await("pass ") },
		"while it is ready": func(r *running) { r.await("products ") },
	}
	for name, wait := range tests {
		t.Run(name, func(t *testing.T) {
			r := p.begin(t, append([]string{"run", "--browser", "host"}, p.pair(nil)...)...)
			id := r.stack()
			wait(r)
			require.NoError(t, r.command.Process.Signal(os.Interrupt))
			r.end(5)
			assert.Regexp(t, `^ssoproof: stopping; .*\nssoproof: interrupted; the report so far is in `+r.dir+`\n$`, r.stderr.String())
			assert.Equal(t, report.Interrupted, r.report().Verdict)
			r.leavesNothing(id)
		})
	}
}

func TestKilledRunIsTakenDownByName(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--browser", "host"}, p.pair(nil)...)...)
	id := r.stack()
	t.Cleanup(func() { _, _ = containers.Down(context.Background(), id) })
	state := func() containers.State {
		all := stacks(t)
		i := slices.IndexFunc(all, func(l containers.Left) bool { return l.Run == id })
		require.NotEqual(t, -1, i)
		return all[i].State
	}
	assert.Equal(t, containers.Running, state())
	require.NoError(t, r.command.Process.Kill())
	_ = r.command.Wait()
	assert.Equal(t, containers.Abandoned, state())

	removed, err := containers.DownAll(t.Context(), containers.Abandoned)
	require.NoError(t, err)
	assert.Contains(t, removed, id)
	r.leavesNothing(id)
}

func TestStackThatIsLeftUpOpensAsPrinted(t *testing.T) {
	chrome := needsChrome(t)
	p := needsProgram(t)
	up := p.begin(t, append([]string{"stack", "up", "--browser", "host"}, p.pair(nil)...)...)
	id := up.stack()
	t.Cleanup(func() { _, _ = containers.Down(context.Background(), id) })
	up.end(0)
	assert.Contains(t, up.stdout.String(), "ssoproof stack down "+id)

	for service, name := range map[string]string{containers.Immich: "SSOPROOF_ADMIN_PASSWORD", containers.AuthentikServer: "AUTHENTIK_BOOTSTRAP_PASSWORD"} {
		assert.Contains(t, up.stdout.String(), name+" of\n  docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' ssoproof-"+id+"-"+service+"\n")
		given, err := containers.Variables(t.Context(), id, service)
		require.NoError(t, err)
		assert.NotEmpty(t, given[name])
		assert.NotContains(t, up.stdout.String(), given[name])
	}

	printed := regexp.MustCompile(`--host-resolver-rules='([^']*)' \\\n +(--ignore-certificate-errors-spki-list=\S+) (https://\S+) (https://\S+)`).FindStringSubmatch(up.stdout.String())
	require.NotNil(t, printed, up.stdout.String())
	for i, want := range []string{"<title>Immich</title>", "- authentik</title>"} {
		address := printed[3+i]
		if i == 1 {
			address += "/if/flow/default-authentication-flow/" // the double has nothing else to show
		}
		flags := []string{"--headless", "--disable-gpu", "--host-resolver-rules=" + printed[1], printed[2], "--dump-dom", address}
		if browser.NeedsNoSandbox() {
			flags = append([]string{"--no-sandbox"}, flags...)
		}
		// Once more where a container of somebody else's has disturbed it.
		assert.Eventually(t, func() bool {
			page, err := exec.CommandContext(t.Context(), chrome, append([]string{"--user-data-dir=" + t.TempDir()}, flags...)...).Output()
			return err == nil && strings.Contains(string(page), want)
		}, time.Minute, time.Second, "%s does not open", address)
	}
	examineAsPrinted(t, p, up.stdout.String())

	list := p.begin(t, "stack", "list")
	list.end(0)
	assert.Contains(t, list.stdout.String(), id+"  kept, since ")
	down := p.begin(t, "stack", "down", id)
	down.end(0)
	assert.Equal(t, "took down "+id+"\n", down.stdout.String())
	down.leavesNothing(id)
	again := p.begin(t, "stack", "down", id)
	again.end(2)
	assert.Contains(t, again.stderr.String(), `no stack "`+id+`" is on this engine`)
}

func TestKeptRunSaysHowToOpenIt(t *testing.T) {
	needsChrome(t)
	p := needsProgram(t)
	r := p.begin(t, append([]string{"run", "--keep", "--browser", "host", "--only", "guide.*"}, p.pair(nil)...)...)
	id := r.stack()
	t.Cleanup(func() { _, _ = containers.Down(context.Background(), id) })
	r.end(0)
	assert.Len(t, containers.Leftovers(t, id), 9, "seven containers and two networks")
	assert.Contains(t, r.stdout.String(), "ssoproof stack down "+id)
	for _, phase := range r.report().Run.Phases {
		assert.NotEqual(t, "take down", phase.Name)
	}
}

func TestStackThatWasToStayIsTakenDownWhereItFails(t *testing.T) {
	t.Parallel()
	p := needsProgram(t)
	up := p.begin(t, append([]string{"stack", "up", "--browser", "host"}, p.pair(map[string]string{"authentik": "authentik-older"})...)...)
	id := up.stack()
	up.end(3)
	assert.Contains(t, up.stderr.String(), "but its image runs 2025.6.0")
	up.leavesNothing(id)
}
