package containers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// closeTimeout is how long a failed start may take to clean up after itself.
const closeTimeout = time.Minute

// Stack is a pair of products in containers. It implements stack.Stack.
type Stack struct {
	id      string
	plan    stack.Plan
	started time.Time
	engine  *engine
	ca      *edge.CA
	token   string        // of the edge's control port
	network string        // of the parts, without a way out
	outside string        // of the edge alone, whose ports are published
	edgeUp  chan struct{} // closed when the edge answers

	authentik authentikSecrets
	immich    immichSecrets
	warm      map[version.Product]bool
	snapshots map[version.Product]string // image references

	client  *http.Client
	control *edge.Remote
	browser stack.Browser

	mu    sync.Mutex
	parts map[string]*running

	progressMu sync.Mutex
	followers  sync.WaitGroup
	life       context.Context // ends with Close
	end        context.CancelFunc
	mortal     context.Context // ends when a container ends by itself
	die        context.CancelCauseFunc
	ready      atomic.Bool // a product that ends is not started again
}

var _ stack.Stack = (*Stack)(nil)

// Start brings a stack up: every container runs, the databases, the edge and Chrome answer. Whether the products are
// ready is for their clients to find out, with Watch beside them. Where it fails, what was started is taken down again
// and the error wraps stack.ErrUnavailable.
func Start(ctx context.Context, plan stack.Plan) (*Stack, error) {
	s, err := newStack(ctx, plan)
	if err != nil {
		return nil, err
	}
	if err := guarded(func() error { return s.start(ctx) })(); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		s.plan.Keep = false // half a stack is of no use to anybody
		return nil, errors.Join(stack.Unavailable(err), s.Close(ctx))
	}
	return s, nil
}

func newStack(ctx context.Context, plan stack.Plan) (*Stack, error) {
	if plan.Keep {
		if err := WithoutReaper(); err != nil {
			return nil, stack.Unavailable(err)
		}
	}
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	if plan.LogDir != "" {
		if err := os.MkdirAll(plan.LogDir, 0o755); err != nil {
			return nil, errors.Join(stack.Unavailable(fmt.Errorf("make the folder for container logs: %w", err)), e.provider.Close())
		}
	}
	ca, err := edge.NewCA(plan.Hosts()...)
	if err != nil {
		return nil, errors.Join(stack.Unavailable(err), e.provider.Close())
	}
	s := &Stack{
		id: strings.ToLower(rand.Text()[:10]), plan: plan, started: time.Now(), engine: e, ca: ca,
		token: rand.Text(), warm: map[version.Product]bool{}, snapshots: map[version.Product]string{}, parts: map[string]*running{},
		edgeUp: make(chan struct{}),
	}
	s.life, s.end = context.WithCancel(context.WithoutCancel(ctx))
	s.mortal, s.die = context.WithCancelCause(context.WithoutCancel(ctx))
	return s, nil
}

// Kind implements stack.Stack.
func (s *Stack) Kind() stack.Kind { return stack.Containers }

// ID names this run on the engine's labels.
func (s *Stack) ID() string { return s.id }

// CA is where the authority of the run lies, as `docker cp` takes it.
func (s *Stack) CA() string { return "ssoproof-" + s.id + "-" + Immich + ":" + caPath }

// Warm implements stack.Stack: both databases came from snapshots.
func (s *Stack) Warm() bool { return s.warm[version.Authentik] && s.warm[version.Immich] }

// Services implements stack.Stack, sorted by name.
func (s *Stack) Services() []stack.Service {
	s.mu.Lock()
	defer s.mu.Unlock()
	var services []stack.Service
	for name, part := range s.parts {
		services = append(services, stack.Service{
			Name: name, Image: part.spec.image.ref, Digest: part.spec.image.digest, Pulled: part.spec.image.pulled, Fake: part.spec.image.labels[labelFake] == "true",
			Restarts: part.restarts,
		})
	}
	slices.SortFunc(services, func(a, b stack.Service) int { return strings.Compare(a.Name, b.Name) })
	return services
}

// HTTPClient implements stack.Stack.
func (s *Stack) HTTPClient() *http.Client { return rest.NameChecks(s.client) }

// Edge implements stack.Stack.
func (s *Stack) Edge() edge.Control { return s.control }

// Browser implements stack.Stack.
func (s *Stack) Browser() stack.Browser { return s.browser }
