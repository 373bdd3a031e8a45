package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// FaultInfo describes a wire fault.
type FaultInfo struct {
	Name   string `json:"name"`
	Breaks string `json:"breaks"` // the requirement that it breaks
}

// Faults lists the wire faults, by name.
func Faults() []FaultInfo {
	var infos []FaultInfo
	for _, b := range bendTable() {
		infos = append(infos, FaultInfo{Name: b.name, Breaks: b.breaks})
	}
	return infos
}

// bend is the deed of a fault. Each part may be missing.
type bend struct {
	name, breaks string
	status       int // answered in the upstream's place
	request      func(*http.Request)
	response     func(*http.Response) error

	fault Fault
}

func (b bend) bendRequest(r *http.Request) {
	if b.request != nil {
		b.request(r)
	}
}

func (b bend) bendResponse(res *http.Response) error {
	if b.response == nil {
		return nil
	}
	if err := b.response(res); err != nil {
		return fmt.Errorf("fault %s: %w", b.name, err)
	}
	return nil
}

func bendTable() []bend {
	return []bend{
		{
			name: "drop-forwarded-proto", breaks: "a proxy tells the product that the client came by https",
			request: func(r *http.Request) { r.Header.Del("X-Forwarded-Proto") },
		},
		{
			name: "drop-host", breaks: "a proxy hands on the Host that the client asked for",
			request: func(r *http.Request) { r.Host = r.URL.Host; r.Header.Del("X-Forwarded-Host") },
		},
		{
			name: "strip-cookies", breaks: "a proxy hands on the cookies that the product sets",
			response: func(res *http.Response) error { res.Header.Del("Set-Cookie"); return nil },
		},
		{
			name: "swap-issuer", breaks: "the discovered issuer equals the documented one, slash included",
			response: onPath("/.well-known/openid-configuration", swapIssuer),
		},
		{
			name: "empty-jwks", breaks: "the key set holds the key that signs the ID token",
			response: onPath("/jwks", func([]byte) ([]byte, error) { return []byte(`{"keys":[]}`), nil }),
		},
		{
			name: "gateway-error", breaks: "the product answers",
			status: http.StatusBadGateway,
		},
		{
			name: "server-error", breaks: "the product gets done with a request",
			status: http.StatusInternalServerError,
		},
		{
			name: forwardAuth, breaks: "the product itself answers, also to who has no session at the proxy",
			status: http.StatusFound,
		},
	}
}

const forwardAuth = "forward-auth"

// answer writes and records what a bend says in the upstream's place.
func (b bend) answer(w http.ResponseWriter, c *capture) {
	header, body := w.Header(), ""
	switch b.name {
	case Answer:
		header.Set("Content-Type", "application/json")
		body = b.fault.Body
	case forwardAuth:
		header.Set("Location", "/outpost.goauthentik.io/start")
	default:
		header.Set("Content-Type", "text/plain; charset=utf-8")
		body = "ssoproof edge: bent by the fault " + b.name + "\n"
	}
	c.replaced(b.status, header, body)
	w.WriteHeader(b.status)
	_, _ = io.WriteString(w, body) // fails only if the client has gone
}

// onPath replaces the body of good answers under a path that ends so, with or without a slash.
func onPath(suffix string, replace func([]byte) ([]byte, error)) func(*http.Response) error {
	return func(res *http.Response) error {
		if res.StatusCode != http.StatusOK || !strings.HasSuffix(strings.TrimSuffix(res.Request.URL.Path, "/"), suffix) {
			return nil
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		body, err = replace(decode(body, res.Header.Get("Content-Encoding")))
		if err != nil {
			return err
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		res.ContentLength = int64(len(body))
		res.Header.Set("Content-Length", strconv.Itoa(len(body)))
		res.Header.Del("Content-Encoding")
		return nil
	}
}

// swapIssuer takes the trailing slash off an issuer, or puts one there.
func swapIssuer(body []byte) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	issuer, _ := document["issuer"].(string)
	if trimmed, found := strings.CutSuffix(issuer, "/"); found {
		document["issuer"] = trimmed
	} else {
		document["issuer"] = issuer + "/"
	}
	return json.Marshal(document)
}

// bends are the faults that are switched on.
type bends struct {
	mu     sync.Mutex
	active map[int]bend
	next   int
}

// add switches a fault on.
func (s *bends) add(f Fault) (id int, err error) {
	for _, b := range append(bendTable(), bend{name: Answer, status: http.StatusOK}) {
		if b.name != f.Name {
			continue
		}
		b.fault = f
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.active == nil {
			s.active = map[int]bend{}
		}
		s.next++
		s.active[s.next] = b
		return s.next, nil
	}
	return 0, fmt.Errorf("the edge knows no fault %q", f.Name)
}

// remove switches a fault off; one that is off already stays off.
func (s *bends) remove(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, id)
}

// on returns the faults that hit a request.
func (s *bends) on(r *http.Request) []bend {
	s.mu.Lock()
	defer s.mu.Unlock()
	var hit []bend
	for _, b := range s.active {
		if (b.fault.Host == "" || strings.EqualFold(b.fault.Host, hostname(r.Host))) && strings.HasPrefix(r.URL.Path, b.fault.Path) {
			hit = append(hit, b)
		}
	}
	return hit
}

// Bend implements Control.
func (e *Edge) Bend(_ context.Context, f Fault) (func(context.Context) error, error) {
	id, err := e.bends.add(f)
	if err != nil {
		return nil, err
	}
	return func(context.Context) error { e.bends.remove(id); return nil }, nil
}
