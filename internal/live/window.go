package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Window is what a browser sees a live pair through: a front on this machine that has both names, and hands on to the pair
// what its Passage lets through. So the browser reaches nothing else, and certificates, places and proxies are the
// transport's matter.
type Window struct {
	p     *Passage
	front *edge.Edge
	ca    *edge.CA
	jar   http.CookieJar // as the browser's

	// going is held by each exchange that a login is made of: what was begun is heard to its end.
	going sync.RWMutex
	shut  bool

	mu      sync.Mutex
	consent bool // is given
	sent    bool // the password
	pages   int
	unheard bool // Immich was given a code, and has not answered
	session *immich.Session
	stop    context.CancelCauseFunc // ends the login
}

// Window opens the front. It has more requests to make than a passage without one.
func (p *Passage) Window() (*Window, error) {
	jar, _ := cookiejar.New(nil) // fails never
	w := &Window{p: p, jar: jar, stop: func(error) {}}
	var names []string
	routes := map[string]edge.Route{}
	for _, place := range w.places() {
		name, _, _ := net.SplitHostPort(place)
		names, routes[name] = append(names, name), edge.Route{Handler: w.proxy()}
	}
	ca, err := edge.NewCA(names...)
	if err != nil {
		return nil, err
	}
	certificate, err := ca.Certificate()
	if err != nil {
		return nil, err
	}
	front, err := edge.New(edge.Config{Certificate: certificate, Routes: routes})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, front.Close())
	}
	front.Start(listener)
	w.front, w.ca, p.most = front, ca, windowMost
	return w, nil
}

// Close closes the front.
func (w *Window) Close() { _ = w.front.Close() }

// places are both products' names, each with its port.
func (w *Window) places() []string {
	var all []string
	for _, origin := range []string{w.p.immich, w.p.authentik} {
		place := strings.TrimPrefix(origin, "https://")
		if _, _, err := net.SplitHostPort(place); err != nil {
			place += ":443"
		}
		all = append(all, place)
	}
	return all
}

// Browser are the options of a browser that reaches the window and nothing else.
func (w *Window) Browser(path string) browser.Options {
	var rules []string
	for _, place := range w.places() {
		rules = append(rules, "MAP "+place+" "+w.front.Addr())
	}
	return browser.Options{
		ExecPath: path, SPKI: w.ca.SPKI(), NoSandbox: browser.NeedsNoSandbox(), HostRules: strings.Join(append(rules, "MAP * ~NOTFOUND"), ", "),
	}
}

// Pages are how many pages the browser has opened.
func (w *Window) Pages() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pages
}

func (w *Window) proxy() http.Handler {
	return &httputil.ReverseProxy{
		Transport: w, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "https", r.In.Host, r.In.Host
			r.Out.Header.Set("User-Agent", r.In.UserAgent()+" "+w.p.t.o.Agent)
		},
		ErrorHandler: func(a http.ResponseWriter, _ *http.Request, err error) {
			status := http.StatusBadGateway
			if refused := new(RefusedError); errors.As(err, &refused) {
				status = http.StatusForbidden
			}
			http.Error(a, err.Error(), status)
		},
	}
}

// RoundTrip implements http.RoundTripper for what the browser asks.
func (w *Window) RoundTrip(r *http.Request) (*http.Response, error) {
	if !w.p.allowed(r) || private(r.URL) {
		return nil, &RefusedError{Method: r.Method, URL: withoutSecrets(r.URL.String()), Login: true}
	}
	if err := w.p.spend(r.Method != http.MethodGet); err != nil {
		w.end(err)
		return nil, err
	}
	if telling(r) {
		return w.hear(r)
	}
	if r.Header.Get("Sec-Fetch-Dest") == "document" {
		w.mu.Lock()
		w.pages++
		w.mu.Unlock()
	}
	if r.Header.Get("Upgrade") != "" {
		r = r.WithContext(goes(r.Context(), way{upgrade: true}))
	}
	response, err := w.p.t.network.RoundTrip(r)
	if err != nil {
		return nil, reason(r.Context(), err)
	}
	w.jar.SetCookies(r.URL, response.Cookies())
	return response, nil
}

// private reports whether an address of Immich's is that of a photo or a face: none is in a picture of the page.
func private(u *url.URL) bool {
	return strings.HasPrefix(u.Path, "/api/assets/") || strings.HasPrefix(u.Path, "/api/people/") || strings.HasSuffix(u.Path, "/profile-image")
}

// telling reports whether an exchange says how a login goes.
func telling(r *http.Request) bool {
	return r.Method != http.MethodGet || strings.HasPrefix(r.URL.Path, executorPath) || strings.HasSuffix(r.URL.Path, "/application/o/authorize/")
}

// hear records an exchange as those of a passage are, also where the browser does not wait for the answer.
func (w *Window) hear(r *http.Request) (*http.Response, error) {
	w.going.RLock()
	defer w.going.RUnlock()
	if w.shut {
		return nil, fmt.Errorf("the login has ended")
	}
	r = r.Clone(context.WithoutCancel(r.Context()))
	r.Header.Del("Accept-Encoding") // so that it can be read
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(io.LimitReader(r.Body, bodyLimit)); err != nil {
			return nil, err
		}
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
		r.Body, _ = r.GetBody()
	}
	w.says(r, sent)
	response, _, err := w.p.t.carry(r, func(x *edge.Exchange) { w.p.hide(r, x) })
	if err != nil {
		w.end(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)) // the page would wait for it
		return nil, err
	}
	w.jar.SetCookies(r.URL, response.Cookies())
	content, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(content))
	w.learn(r, response, content)
	return response, err
}

// says notes what the browser sends.
func (w *Window) says(r *http.Request, sent []byte) {
	var answer struct{ Password string }
	_ = json.Unmarshal(sent, &answer) // what is none holds none
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unheard = w.unheard || r.URL.Path == callbackPath
	w.sent = w.sent || strings.HasPrefix(r.URL.Path, executorPath) && answer.Password != ""
}

// learn takes from an answer the session, or what ends the login before the browser shows it: nobody presses on there.
func (w *Window) learn(r *http.Request, response *http.Response, content []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case r.URL.Path == callbackPath:
		w.unheard = false
		if session, err := immich.SessionOf(response.Header, content); err == nil && response.StatusCode < http.StatusMultipleChoices {
			w.session = session
		}
	case strings.HasPrefix(r.URL.Path, executorPath):
		if err := authentik.Obstacle(content, w.consent, w.sent); err != nil {
			w.stop(err)
		}
	}
}

// begin makes the window ready for a login; stop ends it.
func (w *Window) begin(consent bool, stop context.CancelCauseFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.consent, w.stop = consent, stop
}

func (w *Window) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stop(err)
}

// finish waits for what is under way of the login, and lets nothing more of it begin.
func (w *Window) finish() {
	w.going.Lock()
	defer w.going.Unlock()
	w.shut = true
}
