// Package fakeop is a double of authentik: the admin API, flows, pages and OpenID endpoints that a journey and a client
// touch, with the behaviour of a given release and with faults that can be switched on. State lives in
// memory, and can be dumped for a double of a newer release.
//
// It is modelled on exchanges of the real product. Where the two differ, the double is wrong.
package fakeop

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// Options say which authentik is doubled and how it was bootstrapped.
type Options struct {
	// Release decides the behaviour, feature by feature. It is required.
	Release *version.Release
	// PublicURL is the origin in the issuer and all endpoints, "https://authentik.company". Where it is empty the
	// origin is taken from each request (X-Forwarded-Proto, Host), as the product does.
	PublicURL string
	// BootstrapToken is the API token of akadmin; BootstrapPassword and BootstrapEmail are its credentials.
	BootstrapToken    string
	BootstrapPassword string
	BootstrapEmail    string
	// Key is the key of the self-signed certificate. Where it is nil one is made, which takes most of a start.
	Key *rsa.PrivateKey
	// StartingCalls makes the start-up visible: the first so many calls are answered "starting", as many again by an
	// API that does not know its token yet, as many again by one whose blueprints have not been applied.
	StartingCalls int
	// Stored is what a double of this release or an older one has dumped: the database of an upgrade. Nil: a fresh one.
	Stored []byte
	// Client is the back channel to clients, for logout tokens. Nil is a plain client.
	Client *http.Client
	// Log gets what the product would log about requests that it refuses; nil: nowhere.
	Log io.Writer
	// Faults are switched on from the start, by name.
	Faults []string
}

// Server is the double. It serves one request at a time, so its state needs no finer lock: no handler waits.
type Server struct {
	options Options
	mux     *http.ServeMux
	keys    *keys
	client  http.Client // sends logout tokens
	calls   int         // made while starting

	mu     sync.Mutex
	faults map[string]bool
	state  *state
}

// New starts a double with authentik's bootstrapped objects: flows, scope mappings, certificate, brand, akadmin.
func New(o Options) (*Server, error) {
	if o.Release == nil {
		return nil, errors.New("double of authentik: no release given")
	}
	k, err := newKeys(o.Key)
	if err != nil {
		return nil, fmt.Errorf("double of authentik: %w", err)
	}
	s := &Server{options: o, mux: http.NewServeMux(), keys: k, faults: map[string]bool{}, state: bootstrap(o)}
	if o.Client != nil {
		s.client = *o.Client
	}
	s.client.Timeout = logoutTimeout
	for _, name := range o.Faults {
		if err := s.SetFault(name, true); err != nil {
			return nil, err
		}
	}
	if o.Stored != nil {
		if err := s.restore(o.Stored); err != nil {
			return nil, fmt.Errorf("double of authentik: %w", err)
		}
	}
	s.routeHealth()
	s.routeAdmin()
	s.routeFlows()
	s.routeOAuth()
	s.routeLibrary()
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults[clockLate] {
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	if s.starting(w, r) {
		return
	}
	if _, pattern := s.mux.Handler(r); strings.HasSuffix(pattern, "/{$}") && !strings.HasSuffix(r.URL.Path, "/") {
		http.NotFound(w, r) // the mux would add the slash, the product does not
		return
	}
	s.mux.ServeHTTP(w, identified(w, r))
}

// lateness is by how much a clock is late that is wrong: longer than any token of a default provider lives.
const lateness = 2 * time.Hour

// now is the time that authentik tells others: by its clock.
func (s *Server) now() time.Time {
	if s.faults[clockLate] {
		return time.Now().Add(-lateness)
	}
	return time.Now()
}

// has reports whether the doubled release has a feature.
func (s *Server) has(f version.Feature) bool { return s.options.Release.Has(f) }

// origin is the public origin of a request.
func (s *Server) origin(r *http.Request) string {
	if s.options.PublicURL != "" {
		return s.options.PublicURL
	}
	if secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
