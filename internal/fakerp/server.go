// Package fakerp is a double of Immich: the API, the OAuth relying party with its real back channel, and the pages that a
// journey and a client touch, with the behaviour of a given release and with faults that can be switched on. State lives
// in memory.
//
// It is modelled on exchanges of the real product. Where the two differ, the double is wrong.
package fakerp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ssoproof/ssoproof/internal/version"
)

// Options say which Immich is doubled and how it reaches the OpenID Provider.
type Options struct {
	// Release decides the behaviour, feature by feature. It is required.
	Release *version.Release
	// Client is the back channel: discovery, token, userinfo. Nil is a plain client.
	Client *http.Client
	// Log gets what the product would log about calls that failed, without codes and tokens; nil: nowhere.
	Log io.Writer
	// Stored is what a double of this release or an older one has dumped: the database of an upgrade. Nil: a fresh one.
	Stored []byte
	// ConfigFile is a configuration file, as JSON: it holds in place of what is stored, and nobody can change it. Nil: none.
	ConfigFile []byte
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
	hangs   bool // it never gets done with taking over what is stored

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
	if o.Stored != nil {
		if err := s.restore(o.Stored); err != nil {
			return nil, fmt.Errorf("double of Immich: %w", err)
		}
	}
	if err := s.readConfigFile(); err != nil {
		return nil, fmt.Errorf("double of Immich: %w", err)
	}
	s.routeServer()
	s.routeAuth()
	s.routeOAuth()
	s.routeUsers()
	s.routeKeys()
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
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.hangs {
		http.Error(w, "Immich is still migrating", http.StatusServiceUnavailable)
		return
	}
	id := uuid.NewString()[:8] // as short as the product's
	s.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), correlation{}, id)))
}

// has reports whether the doubled release has a feature.
func (s *Server) has(f version.Feature) bool { return s.options.Release.Has(f) }

// tellsReason reports whether the log has the reason of a login that failed in lines of its own.
func (s *Server) tellsReason() bool { return s.has(version.TokenEndpointAuth) }
