package journey_test

import (
	"context"
	"flag"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/internal/version"
)

// go test -bench Login ./internal/journey -args -stack containers
var (
	stackKind  = flag.String("stack", string(stack.Fake), "what the benchmark logs in to: fake or containers")
	chromeKind = flag.String("chrome", "auto", "whose Chrome the benchmark drives on containers: auto, container or host")
)

// The pair that the doubles play and that the benchmark starts.
const (
	authentikVersion = "2025.8.1"
	immichVersion    = "v2.7.5"
	guideRevision    = "2025-06-23"
)

// pair is a stack to which the guide was applied, and a Chrome.
type pair struct {
	stack  stack.Stack
	chrome *browser.Browser
	world  journey.World
	op     *authentik.Applied
	app    version.App // the newest one
	// authentik is the release that runs.
	authentik *version.Release
}

// start starts a stack, applies the guide, with changes, and starts a Chrome; all of it ends with the test.
func start(t testing.TB, kind stack.Kind, changes ...func(*guide.Settings)) *pair {
	t.Helper()
	settings, err := guide.Builtin(guideRevision)
	require.NoError(t, err)
	for _, change := range changes {
		change(settings)
	}
	catalogue, err := version.Load()
	require.NoError(t, err)
	op, err := catalogue.Resolve(version.Authentik, authentikVersion)
	require.NoError(t, err)
	rp, err := catalogue.Resolve(version.Immich, immichVersion)
	require.NoError(t, err)

	plan := stack.Plan{Authentik: op, Immich: rp, Browser: *chromeKind}
	plan.ImmichHost, plan.AuthentikHost = settings.Hosts()
	p := &pair{authentik: op, app: rp.Apps[len(rp.Apps)-1]}
	if kind == stack.Containers {
		p.stack, err = containers.Start(t.Context(), plan)
	} else {
		p.stack, err = inproc.Start(plan)
	}
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		require.NoError(t, p.stack.Close(ctx))
	})
	p.configure(t, settings, op, rp)
	p.startChrome(t)
	return p
}

// doubles starts a pair of doubles and a Chrome.
func doubles(t *testing.T, changes ...func(*guide.Settings)) *pair {
	t.Helper()
	return start(t, stack.Fake, changes...)
}

// fault switches a fault of a double on, for the test.
func (p *pair) fault(t *testing.T, name string) {
	t.Helper()
	fake := p.stack.(*inproc.Stack)
	if fake.OP.SetFault(name, true) != nil {
		require.NoError(t, fake.RP.SetFault(name, true))
	}
}

// fresh is a copy of the world with a trace of its own, and a person whom nobody has seen before.
func (p *pair) fresh(t testing.TB) (*journey.World, *trace, authentik.User) {
	t.Helper()
	w, tr := p.world, &trace{}
	w.Trace = tr
	user, err := w.NewUser(t.Context())
	require.NoError(t, err)
	return &w, tr, user
}

// browse goes on a journey in a browser of its own. On a machine where containers come and go, Chrome gives up requests
// now and then; then the journey is begun anew.
func (p *pair) browse(t *testing.T, journey func(context.Context, *browser.Session)) {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		s, err := p.chrome.Session(ctx)
		require.NoError(t, err)
		journey(ctx, s)
		disturbed := s.Disturbed() != nil
		s.Close()
		cancel()
		if !disturbed {
			return
		}
	}
}

// configure waits for the products and applies the guide, as a run does.
func (p *pair) configure(t testing.TB, settings *guide.Settings, op, rp *version.Release) {
	t.Helper()
	ctx, say, secrets := t.Context(), func(string) {}, p.stack.Secrets()
	immichHost, authentikHost := settings.Hosts()
	w := journey.World{
		AuthentikURL: "https://" + authentikHost, ImmichURL: "https://" + immichHost,
		HTTP: p.stack.HTTPClient(), Edge: p.stack.Edge(), Trace: &trace{},
	}
	w.Authentik = authentik.New(w.AuthentikURL, secrets.AuthentikToken, w.HTTP)
	require.NoError(t, w.Authentik.WaitReady(ctx, op, authentik.ObjectsOf(settings, op), say))
	require.NoError(t, w.Authentik.SetAvatarsLocal(ctx))
	w.Immich = immich.New(w.ImmichURL, w.HTTP)
	require.NoError(t, w.Immich.WaitReady(ctx, say))
	require.NoError(t, w.Immich.SignUpAdmin(ctx, secrets.ImmichAdminEmail, secrets.ImmichAdminPassword, "Administrator"))
	session, err := w.Immich.Login(ctx, secrets.ImmichAdminEmail, secrets.ImmichAdminPassword)
	require.NoError(t, err)
	w.ImmichAdmin = w.Immich.As(session)
	require.NoError(t, w.ImmichAdmin.FinishOnboarding(ctx))
	p.op, err = w.Authentik.Configure(ctx, settings, op)
	require.NoError(t, err)
	_, err = w.ImmichAdmin.Configure(ctx, settings, rp, p.op.ClientID, p.op.ClientSecret, p.op.Issuer)
	require.NoError(t, err)
	stored, err := w.ImmichAdmin.SystemConfig(ctx)
	require.NoError(t, err)
	w.ButtonText, _ = stored.OAuth()["buttonText"].(string)
	p.world = w
}

func (p *pair) startChrome(t testing.TB) {
	t.Helper()
	b := p.stack.Browser()
	options := browser.Options{RemoteURL: b.RemoteURL, HostRules: b.HostRules, SPKI: b.SPKI, NoSandbox: browser.NeedsNoSandbox()}
	if b.RemoteURL == "" {
		path, err := browser.Find()
		if err != nil {
			t.Skip(err)
		}
		options.ExecPath = path
	}
	chrome, err := browser.Start(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(chrome.Close)
	p.chrome, p.world.Browser = chrome, chrome.Session
}

// trace keeps what journeys tell, and pays for pictures as a run does.
type trace struct {
	mu       sync.Mutex
	steps    []string
	pictures map[string]int // bytes by name
	secrets  []string
}

func (tr *trace) Step(name string, do func() error) error {
	tr.mu.Lock()
	tr.steps = append(tr.steps, name)
	tr.mu.Unlock()
	return do()
}

func (tr *trace) Picture(s *browser.Session, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	picture, err := s.Screenshot(ctx)
	if err != nil {
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.pictures == nil {
		tr.pictures = map[string]int{}
	}
	tr.pictures[name] = len(picture)
}

func (tr *trace) Secret(text string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.secrets = append(tr.secrets, text)
}

// set changes one of Immich's OAuth settings.
func (p *pair) set(t *testing.T, key string, value any) {
	t.Helper()
	config, err := p.world.ImmichAdmin.SystemConfig(t.Context())
	require.NoError(t, err)
	config.OAuth()[key] = value
	_, err = p.world.ImmichAdmin.PutSystemConfig(t.Context(), config)
	require.NoError(t, err)
}
