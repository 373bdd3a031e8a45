package edge

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Lookup limits: container addresses change with an upgrade only, and a name that does not resolve must not slow every
// connection.
const (
	lookupTimeout = 2 * time.Second
	lookupKept    = 2 * time.Second
)

// legs tells who talks, by the address that a connection comes from.
type legs struct {
	names  map[Leg][]string // host names of those who talk on a leg
	lookup func(ctx context.Context, host string) ([]string, error)

	mu    sync.Mutex
	peers map[string]peer // by address, or by address and port for connections that Dial made
}

type peer struct {
	leg   Leg
	until time.Time // zero: for as long as the connection lives
}

func newLegs(names map[Leg][]string) *legs {
	return &legs{names: names, lookup: net.DefaultResolver.LookupHost, peers: map[string]peer{}}
}

// of decides the leg of a request. HarnessHeader is the caller's to strip.
func (l *legs) of(r *http.Request) Leg {
	if r.Header.Get(HarnessHeader) != "" {
		return FromHarness
	}
	return l.from(r.Context(), r.RemoteAddr)
}

// from decides the leg of a connection from an address.
func (l *legs) from(ctx context.Context, address string) Leg {
	if leg, ok := l.known(address); ok {
		return leg
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil || len(l.names) == 0 {
		return FromBrowser
	}
	if leg, ok := l.known(host); ok {
		return leg
	}
	leg := l.resolve(ctx, host)
	l.remember(host, peer{leg: leg, until: time.Now().Add(lookupKept)})
	return leg
}

func (l *legs) known(key string) (Leg, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.peers[key]
	if ok && !p.until.IsZero() && time.Now().After(p.until) {
		delete(l.peers, key)
		return "", false
	}
	return p.leg, ok
}

func (l *legs) remember(key string, p peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peers[key] = p
}

func (l *legs) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.peers, key)
}

// resolve compares an address with those of the known hosts.
func (l *legs) resolve(ctx context.Context, address string) Leg {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	for leg, hosts := range l.names {
		for _, host := range hosts {
			addresses, err := l.lookup(ctx, host)
			if err != nil {
				continue // not up yet, so it is not the one who talks
			}
			for _, a := range addresses {
				if a == address {
					return leg
				}
			}
		}
	}
	return FromBrowser
}

// markedConn forgets its leg when it closes.
type markedConn struct {
	net.Conn
	once   sync.Once
	forget func()
}

func (c *markedConn) Close() error {
	c.once.Do(c.forget)
	return c.Conn.Close()
}
