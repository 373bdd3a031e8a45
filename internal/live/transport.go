package live

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// The bounds of a transport whose options name none.
const (
	DefaultMost = 60               // requests in all
	DefaultRate = rate.Limit(2)    // requests a second
	answerLimit = 20 * time.Second // for one answer
	bodyLimit   = 512 << 10        // bytes of it that are read
)

// authorizePath is where Immich's clients begin a login: the one POST that changes nothing.
const authorizePath = "/api/oauth/authorize"

// TransportOptions say how a transport reaches the pair.
type TransportOptions struct {
	// Immich are the origins, "https://photos.example.org", at which a login may be begun.
	Immich []string
	Agent  string         // User-Agent
	CA     *x509.CertPool // nil: those that this machine trusts
	// Resolve are places by "host:port", the name in small letters: nobody else is asked where they are.
	Resolve map[string][]netip.AddrPort
	Proxy   func(*http.Request) (*url.URL, error) // nil: none
	// Lookup finds the addresses of a name; nil: this machine's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	Most   int        // 0: DefaultMost
	Rate   rate.Limit // 0: DefaultRate
	// Base carries what has passed; nil: the network.
	Base http.RoundTripper
}

// Transport is the one way to a live pair. It lets through what changes nothing, bounds how much and how fast is asked,
// says who asks, follows no redirect, and records each exchange. It is safe for concurrent use.
type Transport struct {
	o       TransportOptions
	limiter *rate.Limiter
	network *network

	mu    sync.Mutex
	spent int
	log   []edge.Exchange
}

// NewTransport makes a transport that has asked nothing yet.
func NewTransport(o TransportOptions) *Transport {
	if o.Most == 0 {
		o.Most = DefaultMost
	}
	if o.Rate == 0 {
		o.Rate = DefaultRate
	}
	return &Transport{o: o, limiter: rate.NewLimiter(o.Rate, 1), network: newNetwork(o)}
}

// RefusedError says that a request is none of those that change nothing, or none of a login's.
type RefusedError struct {
	Method, URL string
	Login       bool // it was a Passage that refused
}

func (e *RefusedError) Error() string {
	why := "the doctor changes nothing"
	if e.Login {
		why = "it is not part of a login"
	}
	return fmt.Sprintf("%s %s is not sent: %s", e.Method, e.URL, why)
}

// SpentError says that all requests that may be made have been made.
type SpentError struct {
	Most  int
	Login bool // those of a Passage
}

func (e *SpentError) Error() string {
	who := "the doctor"
	if e.Login {
		who = "the login"
	}
	return fmt.Sprintf("%s has made its %d requests, and makes no more", who, e.Most)
}

// allowed reports whether a request changes nothing.
func (t *Transport) allowed(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
		return r.URL.Path == authorizePath && r.URL.RawQuery == "" && slices.Contains(t.o.Immich, r.URL.Scheme+"://"+r.URL.Host)
	}
	return false
}

// spend waits for the turn of one more request; the error says why there is none.
func (t *Transport) spend(ctx context.Context) error {
	t.mu.Lock()
	if t.spent >= t.o.Most {
		t.mu.Unlock()
		return &SpentError{Most: t.o.Most}
	}
	t.spent++
	t.mu.Unlock()
	return t.limiter.Wait(ctx)
}

// Left is how many more requests may be made.
func (t *Transport) Left() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.o.Most - t.spent
}

// Made is how many requests were made.
func (t *Transport) Made() int { return t.o.Most - t.Left() }

// Exchanges are those recorded so far, in their order, without secrets.
func (t *Transport) Exchanges() []edge.Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.log)
}

// RoundTrip implements http.RoundTripper. The answer's body is read to its end, or to the bound.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, _, err := t.exchange(r)
	return response, err
}

// exchange is RoundTrip that also tells the number of the recorded exchange; 0: the request was not sent.
func (t *Transport) exchange(r *http.Request) (*http.Response, int64, error) {
	if !t.allowed(r) {
		return nil, 0, &RefusedError{Method: r.Method, URL: withoutSecrets(r.URL.String())}
	}
	if err := t.spend(r.Context()); err != nil {
		return nil, 0, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", t.o.Agent)
	return t.carry(r, func(x *edge.Exchange) {
		if credentialed(r) {
			x.ResponseBody = nil // it is for who has the credential, and may hold secrets
		}
	})
}

// carry sends a request whose turn it is, and records the exchange; hide takes out what is recorded and may be a secret.
func (t *Transport) carry(r *http.Request, hide func(*edge.Exchange)) (*http.Response, int64, error) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), answerLimit, fmt.Errorf("no answer within %s", answerLimit))
	defer cancel()
	r = r.Clone(ctx)
	x := edge.Exchange{Started: time.Now(), Leg: edge.FromBrowser, Method: r.Method, URL: withoutSecrets(r.URL.String()), RequestHeader: keptHeader(r.Header)}
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			x.RequestBody, _ = io.ReadAll(io.LimitReader(body, bodyLimit)) // of a text in memory
		}
	}
	response, err := t.network.RoundTrip(r)
	if err == nil {
		err = t.read(response, &x)
	}
	if dead := t.proxyError(r, response, err); dead != nil {
		response, err = nil, dead
	} else if err != nil {
		err = reason(ctx, err)
	}
	if err != nil {
		x.Error = err.Error()
	}
	hide(&x)
	x.Duration = time.Since(x.Started)
	return response, t.record(x), err
}

// read takes the whole answer in.
func (t *Transport) read(response *http.Response, x *edge.Exchange) error {
	var body []byte
	var err error
	if response.StatusCode != http.StatusSwitchingProtocols { // else it is a connection that lives on
		body, err = io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	}
	_ = response.Body.Close() // all that is wanted of it was read
	response.Body = io.NopCloser(bytes.NewReader(body))
	x.Status, x.ResponseHeader, x.ResponseBody = response.StatusCode, keptHeader(response.Header), []byte(withoutSecrets(string(body)))
	return err
}

func (t *Transport) record(x edge.Exchange) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	x.ID = int64(len(t.log) + 1)
	t.log = append(t.log, x)
	return x.ID
}

// reason is why no answer came, in few words: net/http names the address and the proxy's road, which stand elsewhere.
func reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err
	}
	return err
}

// last is the number of the newest recorded exchange.
func (t *Transport) last() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int64(len(t.log))
}

// since are the numbers of the exchanges recorded after one.
func (t *Transport) since(id int64) []int64 {
	var all []int64
	for last := t.last(); id < last; {
		id++
		all = append(all, id)
	}
	return all
}
