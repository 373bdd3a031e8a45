package live

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// way is how one request goes, where it does not go as all do.
type way struct {
	// at is the address to connect to, whatever the name resolves to; the zero value: none of choice.
	at netip.AddrPort
	// looking takes any certificate: it is what is looked at.
	looking bool
	// upgrade speaks HTTP/1.1, from which alone a connection is upgraded to a WebSocket as common proxies do it.
	upgrade bool
}

type wayKey struct{}

func goes(ctx context.Context, w way) context.Context { return context.WithValue(ctx, wayKey{}, w) }

// network carries requests as their way says.
type network struct {
	o      TransportOptions
	common http.RoundTripper
}

func newNetwork(o TransportOptions) *network {
	n := &network{o: o, common: o.Base}
	if n.common == nil {
		n.common = n.transport(way{})
	}
	return n
}

// RoundTrip implements http.RoundTripper.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	w, special := r.Context().Value(wayKey{}).(way)
	if !special || n.o.Base != nil {
		return n.common.RoundTrip(r)
	}
	transport := n.transport(w)
	defer transport.CloseIdleConnections()
	return transport.RoundTrip(r)
}

const (
	dialLimit = 10 * time.Second
	idleLimit = 5 * time.Second
)

func (n *network) transport(w way) *http.Transport {
	t := &http.Transport{
		Proxy: n.o.Proxy, OnProxyConnectResponse: connected, TLSClientConfig: &tls.Config{RootCAs: n.o.CA, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: !w.upgrade, TLSHandshakeTimeout: dialLimit, IdleConnTimeout: idleLimit, DisableKeepAlives: w != (way{}),
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return n.dial(ctx, w, network, address)
		},
	}
	if w.looking {
		t.TLSClientConfig.InsecureSkipVerify = true // what is presented is judged afterwards, and nothing secret is sent
	}
	return t
}

// dial connects to the address of choice, else to one that was named for the place, else to where the name leads.
func (n *network) dial(ctx context.Context, w way, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialLimit}
	places := n.o.Resolve[strings.ToLower(address)]
	if w.at.IsValid() {
		places = []netip.AddrPort{w.at}
	}
	if len(places) == 0 {
		return dialer.DialContext(ctx, network, address)
	}
	var last error
	for _, place := range places {
		conn, err := dialer.DialContext(ctx, network, place.String())
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}

// places are where a name leads, each with the port; named is set where nobody had to be asked.
func (t *Transport) places(ctx context.Context, host, port string) (all []netip.AddrPort, named bool, err error) {
	if all = t.o.Resolve[strings.ToLower(net.JoinHostPort(host, port))]; len(all) > 0 {
		return all, true, nil
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return nil, false, err
	}
	at := func(a netip.Addr) netip.AddrPort { return netip.AddrPortFrom(a.Unmap(), uint16(number)) }
	if literal, err := netip.ParseAddr(host); err == nil {
		return []netip.AddrPort{at(literal)}, true, nil
	}
	if err := t.spend(ctx); err != nil {
		return nil, false, err
	}
	lookup := t.o.Lookup
	if lookup == nil {
		lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, dialLimit, fmt.Errorf("no answer from the name server within %s", dialLimit))
	defer cancel()
	found, err := lookup(ctx, host)
	if err != nil {
		return nil, false, err
	}
	for _, a := range found {
		all = append(all, at(a))
	}
	return all, false, nil
}
