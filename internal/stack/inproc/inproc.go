// Package inproc is the fake stack: doubles of both products behind an edge, all in this process.
package inproc

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Stack is a pair of doubles. It implements stack.Stack.
type Stack struct {
	OP *fakeop.Server // for switching faults
	RP *fakerp.Server
	// UpgradeFaults are switched on, by product, in the doubles that an upgrade starts.
	UpgradeFaults map[version.Product][]string

	logs    map[string]*log // by service
	op, rp  swap            // what the edge sends requests to
	plan    stack.Plan
	key     *rsa.PrivateKey // nil: each double makes its own
	edge    *edge.Edge
	client  *http.Client
	back    *http.Client // Immich's
	worker  *http.Client // authentik's
	browser stack.Browser
}

var _ stack.Stack = (*Stack)(nil)

// The services that log.
const (
	authentik = "authentik"
	immich    = "immich"
)

// The credentials of a double; they open nothing but it.
const (
	token    = "token-of-a-double"
	password = "password-of-a-double"
	email    = "admin@example.org"
)

// Start starts the doubles of the plan's releases.
func Start(plan stack.Plan) (*Stack, error) { return StartWith(plan, nil) }

// StartWith starts them with the key of authentik's certificate, for who starts many: to make one takes most of a start.
func StartWith(plan stack.Plan, key *rsa.PrivateKey) (*Stack, error) {
	s := &Stack{plan: plan, key: key, logs: map[string]*log{authentik: {}, immich: {}}}
	if err := s.start(); err != nil {
		return nil, stack.Unavailable(fmt.Errorf("start the doubles: %w", err))
	}
	return s, nil
}

func (s *Stack) start() error {
	ca, err := edge.NewCA(s.plan.Hosts()...)
	if err != nil {
		return err
	}
	certificate, err := ca.Certificate()
	if err != nil {
		return err
	}
	// The edge is needed by the back channels before it exists: their clients dial late.
	trust := &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS12}
	s.worker = s.through(edge.FromAuthentik, trust)
	s.back = s.through(edge.FromImmich, s.trustOfImmich(trust))
	if err := s.startAuthentik(nil, nil); err != nil {
		return err
	}
	if err := s.startImmich(nil, nil); err != nil {
		return &stack.ExitedError{Service: immich, Code: 1, Tail: err.Error()} // as the product ends
	}
	routes := map[string]edge.Route{s.plan.AuthentikHost: {Handler: &s.op}}
	for _, host := range s.plan.ImmichHosts() {
		routes[host] = edge.Route{Handler: &s.rp}
	}
	s.edge, err = edge.New(edge.Config{Certificate: certificate, Routes: routes, Plain: s.plan.PlainHosts})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.edge.Start(listener)
	s.client = s.through(edge.FromBrowser, trust)
	s.browser = stack.Browser{SPKI: ca.SPKI(), Address: listener.Addr().String(), HostRules: s.hostRules(listener.Addr().String())}
	return nil
}

// trustOfImmich is what Immich's side of its calls trusts.
func (s *Stack) trustOfImmich(all *tls.Config) *tls.Config {
	if s.plan.ImmichLacks == stack.LacksCA {
		return &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: all.MinVersion}
	}
	return all
}

// through is a client whose connections reach the edge and nothing else, as one leg.
func (s *Stack) through(leg edge.Leg, trust *tls.Config) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: trust,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if leg == edge.FromImmich && s.plan.ImmichLacks == stack.LacksWay {
					return nil, fmt.Errorf("dial %s: %w", address, syscall.ECONNREFUSED)
				}
				return s.edge.Dial(leg)(ctx, network, address)
			},
		},
	}
}

// hostRules sends the public names to the edge; every other name must not leave the machine.
func (s *Stack) hostRules(address string) string {
	var rules []string
	for _, host := range s.plan.Hosts() {
		rules = append(rules, "MAP "+host+":443 "+address, "MAP "+host+":80 "+address)
	}
	return strings.Join(append(rules, "MAP * ~NOTFOUND"), ", ")
}

// Kind implements stack.Stack.
func (s *Stack) Kind() stack.Kind { return stack.Fake }

// Warm implements stack.Stack: there is nothing to warm.
func (s *Stack) Warm() bool { return false }

// Services implements stack.Stack.
func (s *Stack) Services() []stack.Service {
	return []stack.Service{{Name: authentik, Fake: true}, {Name: immich, Fake: true}, {Name: "edge"}}
}

// HTTPClient implements stack.Stack.
func (s *Stack) HTTPClient() *http.Client { return rest.NameChecks(s.client) }

// Edge implements stack.Stack.
func (s *Stack) Edge() edge.Control { return s.edge }

// Browser implements stack.Stack.
func (s *Stack) Browser() stack.Browser { return s.browser }

// Secrets implements stack.Stack.
func (s *Stack) Secrets() stack.Secrets {
	return stack.Secrets{AuthentikToken: token, AuthentikPassword: password, ImmichAdminEmail: email, ImmichAdminPassword: password}
}

// LastLines implements stack.Stack.
func (s *Stack) LastLines(_ context.Context, service string, lines int, w io.Writer) error {
	log := s.logs[service]
	if log == nil {
		return fmt.Errorf("%s keeps no log", service)
	}
	return log.last(lines, w)
}

// Ready implements stack.Stack.
func (s *Stack) Ready() {}

// Watch implements stack.Stack: doubles do not end by themselves.
func (s *Stack) Watch(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Snapshot implements stack.Stack: there is nothing to keep.
func (s *Stack) Snapshot(context.Context) error { return nil }

// Close implements stack.Stack.
func (s *Stack) Close(context.Context) error {
	s.client.CloseIdleConnections()
	return s.edge.Close()
}
