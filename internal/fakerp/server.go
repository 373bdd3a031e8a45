// Package fakerp is a double of Immich: the API, the OAuth relying party with its real back channel, and the pages that a
// journey and a client touch, with the behaviour of a given release and with faults that can be switched on. State lives
// in memory.
//
// It is modelled on exchanges of the real product. Where the two differ, the double is wrong.
package fakerp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// Options say which Immich is doubled and how it reaches the OpenID Provider.
type Options struct {
	// Release decides the behaviour, feature by feature. It is required.
	Release *version.Release
	// Client is the back channel: discovery, token, userinfo. Nil is a plain client.
	Client *http.Client
	// Log gets what the product would log about failed logins, without codes and tokens; nil: nowhere.
	Log io.Writer
	// Faults are switched on from the start, by name.
	Faults []string
}

// backChannelTimeout bounds one call to the OpenID Provider.
const backChannelTimeout = 30 * time.Second

// Server is the double. It is safe for concurrent use.
type Server struct {
	options Options
	mux     *http.ServeMux
	client  *http.Client
	store   *store

	mu     sync.Mutex // guards faults and the log
	faults map[string]bool
}

// New starts a double without any user, as a fresh Immich.
func New(o Options) (*Server, error) {
	if o.Release == nil {
		return nil, errors.New("double of Immich: no release given")
	}
	s := &Server{options: o, mux: http.NewServeMux(), client: backChannel(o.Client), store: newStore(defaults(o.Release)), faults: map[string]bool{}}
	for _, name := range o.Faults {
		if err := s.SetFault(name, true); err != nil {
			return nil, err
		}
	}
	s.routeServer()
	s.routeAuth()
	s.routeOAuth()
	s.routeUsers()
	s.routePages()
	return s, nil
}

// backChannel follows no redirects and keeps no cookies, as the product's.
func backChannel(c *http.Client) *http.Client {
	channel := http.Client{}
	if c != nil {
		channel = *c
	}
	channel.Jar = nil
	channel.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if channel.Timeout == 0 {
		channel.Timeout = backChannelTimeout
	}
	return &channel
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// has reports whether the doubled release has a feature.
func (s *Server) has(f version.Feature) bool { return s.options.Release.Has(f) }

func (s *Server) logf(format string, args ...any) {
	if s.options.Log == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintf(s.options.Log, format+"\n", args...)
}
