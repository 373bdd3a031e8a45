package edge

import (
	"bufio"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// What comes without TLS is sent to https, as common proxies do it. Both are served on one port, so that who reaches an
// edge by its published port need not know of another: the first byte tells.

// The types of TLS records (RFC 8446 §5.1): every connection begins with a handshake.
const (
	recordAlert     = 0x15
	recordHandshake = 0x16
)

// firstByteLimit is for a client that connects and says nothing, as browsers do ahead of time.
const firstByteLimit = time.Minute

// withoutTLS serves the names that are to be had without TLS, and sends who asks another one to https.
func (e *Edge) withoutTLS(names []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.Contains(names, hostname(r.Host)) {
			e.ServeHTTP(w, r)
			return
		}
		toHTTPS(w, r)
	})
}

// toHTTPS is where an address without TLS leads.
func toHTTPS(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "https://"+hostname(r.Host)+r.URL.RequestURI())
	w.WriteHeader(http.StatusMovedPermanently)
}

// split gives a listener's connections to two: those that begin TLS, and the others. It ends when secure is closed.
func split(l net.Listener) (secure, plain *side) {
	s, p := newSide(l), newSide(l)
	s.waiting = map[net.Conn]bool{}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				s.fail(err)
				p.fail(err)
				return
			}
			go s.assign(conn, p)
		}
	}()
	return s, p
}

// assign waits for a connection's first byte.
func (s *side) assign(conn net.Conn, plain *side) {
	if !s.wait(conn, true) {
		_ = conn.Close()
		return
	}
	reader := bufio.NewReader(conn)
	_ = conn.SetReadDeadline(time.Now().Add(firstByteLimit))
	first, err := reader.Peek(1)
	s.wait(conn, false)
	if err != nil {
		_ = conn.Close()
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	to := plain
	if first[0] == recordHandshake {
		to = s
	}
	to.give(&peeked{Conn: conn, reader: reader})
}

// wait notes a connection whose first byte has not come, so that it ends with the listener.
func (s *side) wait(conn net.Conn, on bool) (open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on && s.waiting != nil {
		s.waiting[conn] = true
		return true
	}
	delete(s.waiting, conn)
	return false
}

// peeked is a connection whose first bytes were read already.
type peeked struct {
	net.Conn
	reader *bufio.Reader
	hello  *FailedHandshake // by which it began TLS, until something is asked; nil: it has not, or something was asked
	tail   [7]byte          // that was read last: as long as an alert's record
}

func (c *peeked) Read(b []byte) (int, error) {
	n, err := c.reader.Read(b)
	kept := copy(c.tail[:], c.tail[min(n, len(c.tail)):])
	copy(c.tail[kept:], b[max(0, n-len(c.tail)):n])
	return n, err
}

// side is a listener for some of another's connections.
type side struct {
	of    net.Listener
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
	err   error

	mu      sync.Mutex
	waiting map[net.Conn]bool // of the side that closes the other's listener as well
}

func newSide(l net.Listener) *side {
	return &side{of: l, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (s *side) give(conn net.Conn) {
	select {
	case s.conns <- conn:
	case <-s.done:
		_ = conn.Close()
	}
}

func (s *side) fail(err error) {
	s.once.Do(func() {
		s.err = err
		close(s.done)
	})
}

// Accept implements net.Listener.
func (s *side) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.done:
		return nil, s.err
	}
}

// Addr implements net.Listener.
func (s *side) Addr() net.Addr { return s.of.Addr() }

// Close implements net.Listener.
func (s *side) Close() error {
	s.fail(net.ErrClosed)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		return nil
	}
	for conn := range s.waiting {
		_ = conn.Close()
	}
	s.waiting = nil
	return s.of.Close()
}
