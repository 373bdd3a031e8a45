package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// serveTunnel joins the caller with a part of the stack that publishes no port of its own, GET /tunnel?to=name:port with
// "Upgrade: tcp". Only the addresses that the configuration names can be reached.
func (e *Edge) serveTunnel(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	if !slices.Contains(e.tunnels, to) {
		http.Error(w, fmt.Sprintf("there is no tunnel to %q", to), http.StatusForbidden)
		return
	}
	far, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "a tunnel needs HTTP/1.1: "+err.Error(), http.StatusBadRequest)
		return
	}
	defer near.Close()
	if _, err := io.WriteString(near, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"); err != nil {
		return
	}
	Join(near, struct {
		io.Reader
		io.WriteCloser
	}{far, far}, buffered)
}

// Join copies between two connections until one side ends, then closes both. ahead is what was read of near already; nil:
// nothing.
func Join(near, far io.ReadWriteCloser, ahead io.Reader) {
	var once sync.WaitGroup
	once.Add(1)
	if ahead == nil {
		ahead = near
	}
	go func() {
		defer once.Done()
		_, _ = io.Copy(far, ahead)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
	_ = far.Close()
	once.Wait()
}

// Tunnel connects to a part of the stack through the edge. The connection outlives ctx, which bounds the making of it.
func (r *Remote) Tunnel(ctx context.Context, to string) (io.ReadWriteCloser, error) {
	plain, ok := r.client.Transport.(*http.Transport)
	if !ok {
		return nil, errors.New("edge: a tunnel needs a transport of net/http")
	}
	transport := plain.Clone() // an upgrade takes HTTP/1.1 and the whole connection
	transport.ForceAttemptHTTP2, transport.TLSNextProto = false, map[string]func(string, *tls.Conn) http.RoundTripper{}
	transport.DisableKeepAlives = true
	if transport.TLSClientConfig != nil {
		transport.TLSClientConfig.NextProtos = []string{"http/1.1"} // the clone's own
	}
	made, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	req, err := http.NewRequestWithContext(made, http.MethodGet, r.url+"/tunnel?to="+url.QueryEscape(to), nil)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("edge: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "tcp")
	res, err := transport.RoundTrip(req)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("edge: tunnel to %s: %w", to, err)
	}
	conn, upgraded := res.Body.(io.ReadWriteCloser)
	if res.StatusCode != http.StatusSwitchingProtocols || !upgraded {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		_ = res.Body.Close()
		cancel()
		return nil, fmt.Errorf("edge: tunnel to %s: %s: %s", to, res.Status, text)
	}
	return &tunnel{conn, cancel}, nil
}

type tunnel struct {
	io.ReadWriteCloser
	cancel context.CancelFunc
}

func (t *tunnel) Close() error {
	defer t.cancel()
	return t.ReadWriteCloser.Close()
}
