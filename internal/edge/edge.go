package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Route says who serves a public name: a URL, or a handler in this process.
type Route struct {
	URL     string
	Handler http.Handler
}

// Config is what an edge is made from.
type Config struct {
	Certificate tls.Certificate  // for all public names, its authority in the chain; see CA
	Routes      map[string]Route // by public name, without a port
	// Plain are the public names that are served without TLS as well; who asks another one without is sent to https.
	Plain []string
	// Legs names the hosts whose connections belong to a leg; everybody else is a browser.
	Legs map[Leg][]string
	// Tunnels are the addresses that the control port connects its callers with, "name:port".
	Tunnels []string
	// Log gets what the servers have to say, such as refused TLS handshakes; nil: nowhere.
	Log io.Writer
}

// Edge is the front of both products. It implements Control.
type Edge struct {
	names      []string
	proxies    map[string]http.Handler
	log        *exchangeLog
	handshakes handshakes
	legs       *legs
	tunnels    []string
	bends      bends
	server     *http.Server
	plain      *http.Server   // without TLS
	upstreams  []*http.Server // of handlers in this process
	transport  *http.Transport
	address    string // of the listener, once Start was called
}

var _ Control = (*Edge)(nil)

// headerLimit is how long a client may take to ask something.
const headerLimit = time.Minute

// New makes an edge that listens nowhere yet.
func New(cfg Config) (*Edge, error) {
	if cfg.Log == nil {
		cfg.Log = io.Discard
	}
	logger := log.New(cfg.Log, "edge: ", log.LstdFlags|log.LUTC|log.Lmicroseconds)
	e := &Edge{
		proxies:   map[string]http.Handler{},
		log:       newExchangeLog(),
		legs:      newLegs(cfg.Legs),
		tunnels:   cfg.Tunnels,
		transport: newTransport(),
	}
	e.server = &http.Server{Handler: e, ErrorLog: logger, ReadHeaderTimeout: headerLimit, TLSConfig: serverTLS(cfg.Certificate), ConnState: e.connState}
	e.server.TLSConfig.GetConfigForClient = e.greeted
	e.plain = &http.Server{Handler: e.withoutTLS(cfg.Plain), ErrorLog: logger, ReadHeaderTimeout: headerLimit}
	for name, route := range cfg.Routes {
		target, err := e.target(name, route)
		if err != nil {
			return nil, errors.Join(err, e.Close())
		}
		e.names = append(e.names, name)
		e.proxies[strings.ToLower(name)] = e.proxy(name, target, logger)
	}
	slices.Sort(e.names)
	return e, nil
}

// target is the upstream's address; a handler gets a listener on the loopback interface, so that all upstreams are alike.
func (e *Edge) target(name string, route Route) (*url.URL, error) {
	if route.Handler == nil {
		u, err := url.Parse(route.URL)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("route of %s: %q is not the URL of an upstream", name, route.URL)
		}
		return u, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the handler of %s: %w", name, err)
	}
	s := &http.Server{Handler: route.Handler, ErrorLog: e.server.ErrorLog, ReadHeaderTimeout: time.Minute}
	e.upstreams = append(e.upstreams, s)
	go func() { _ = s.Serve(l) }()
	return &url.URL{Scheme: "http", Host: l.Addr().String()}, nil
}

// Start serves on a listener until Close: by TLS, and who comes without is sent there. It is called once, before Dial and
// Addr.
func (e *Edge) Start(l net.Listener) {
	e.address = l.Addr().String()
	go func() { _ = e.serve(l) }()
}

func (e *Edge) serve(l net.Listener) error {
	secure, plain := split(l)
	go func() { _ = e.plain.Serve(plain) }()
	return closed(e.server.ServeTLS(secure, "", ""))
}

// closed takes a server's regular end for what it is.
func closed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Addr is the address of the listener that Start was given.
func (e *Edge) Addr() string { return e.address }

// Close stops serving and drops every connection.
func (e *Edge) Close() error {
	errs := []error{e.server.Close(), e.plain.Close()}
	for _, s := range e.upstreams {
		errs = append(errs, s.Close())
	}
	e.transport.CloseIdleConnections()
	return errors.Join(errs...)
}

// Dial connects to this edge, whatever the address, and marks the connection's leg: in one process all talk from the
// same address.
func (e *Edge) Dial(leg Leg) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if e.proxies[host] == nil || port != "443" && port != "80" {
			return nil, fmt.Errorf("%s is not a public name of this run", address)
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, e.address)
		if err != nil {
			return nil, err
		}
		local := conn.LocalAddr().String()
		e.legs.remember(local, peer{leg: leg})
		return &markedConn{Conn: conn, forget: func() { e.legs.forget(local) }}, nil
	}
}

// ServeHTTP routes by Host and records.
func (e *Edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := newCapture(e.log, e.legs.of(r), r)
	defer c.finish()
	for _, own := range []string{HarnessHeader, CheckHeader, SessionHeader} {
		c.x.RequestHeader.Del(own)
		r.Header.Del(own)
	}
	proxy := e.proxies[hostname(r.Host)]
	if proxy == nil {
		c.x.Status = http.StatusMisdirectedRequest
		http.Error(w, fmt.Sprintf("ssoproof edge: nobody here is called %q; it serves %s", r.Host,
			strings.Join(e.names, " and ")), c.x.Status)
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		c.request.source, c.request.keep = r.Body, c.detail == detailBodies
		r.Body = &c.request
	}
	proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), passKey{}, &pass{capture: c, bends: e.bends.on(r)})))
}

func hostname(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return strings.ToLower(host)
}

// pass is what the proxy's hooks need to know of a request.
type pass struct {
	capture *capture
	bends   []bend
}

type passKey struct{}

func passOf(r *http.Request) *pass { return r.Context().Value(passKey{}).(*pass) }

// proxy forwards to one upstream as a well-behaved reverse proxy does: Host stays, the scheme is told.
func (e *Edge) proxy(name string, target *url.URL, logger *log.Logger) http.Handler {
	p := &httputil.ReverseProxy{
		Transport: e.transport,
		ErrorLog:  logger,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
			pass := passOf(r.In)
			if pass.capture.detail == detailBodies {
				r.Out.Header.Set("Accept-Encoding", "identity")
			}
			for _, b := range pass.bends {
				b.bendRequest(r.Out)
			}
		},
		ModifyResponse: func(res *http.Response) error {
			pass := passOf(res.Request)
			set := res.Cookies()
			for _, b := range pass.bends {
				if err := b.bendResponse(res); err != nil {
					return err
				}
			}
			pass.capture.answered(res, set)
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() != nil {
				err = fmt.Errorf("the client went away: %w", err)
			}
			passOf(r).capture.failed(err)
			http.Error(w, fmt.Sprintf("ssoproof edge: %s (%s) does not answer: %v", name, target, err), http.StatusBadGateway)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, b := range passOf(r).bends {
			if b.status != 0 {
				_, _ = io.Copy(io.Discard, r.Body) // so that it is recorded
				b.answer(w, passOf(r).capture)
				return
			}
		}
		p.ServeHTTP(w, r)
	})
}
