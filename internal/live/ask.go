package live

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// Question says what is asked of which pair.
type Question struct {
	Immich  string   // origin, "https://photos.example.org"
	Origins []string // further ones
	// Issuer is authentik's issuer where a person says it; empty: it is guessed from what Immich tells.
	Issuer string
	// Clients are those of the Immich that runs, by its version; empty: it is not known.
	Clients func(version string) []Client
	// Progress is told what is asked now; nil is allowed.
	Progress func(what string)
}

// asker asks one pair.
type asker struct {
	q    Question
	t    *Transport
	jar  http.CookieJar // so that authentik keeps one session of nobody, and not one for each request
	seen *Seen
	stop context.CancelCauseFunc // ends the asking
}

// Ask asks a pair everything. The error is for what ends the asking early, a *ProxyError among it; what was seen until then is
// returned with it.
func Ask(ctx context.Context, t *Transport, q Question) (*Seen, error) {
	seen := &Seen{}
	return seen, asking(ctx, t, q, seen, (*asker).all)
}

// AskIssuer asks authentik once more, by an issuer that was learned when the rest had been asked. named is set where
// authentik itself tells it. Its errors are those of Ask.
func AskIssuer(ctx context.Context, t *Transport, q Question, seen *Seen, named bool) error {
	defer func() { seen.Named = named }()
	return asking(ctx, t, q, seen, func(a *asker, ctx context.Context) {
		switch {
		case seen.Authentik == nil:
			a.reach(ctx)
		case seen.Authentik.Trusted():
			a.discover(ctx, seen.Authentik.Origin)
		}
	})
}

func asking(ctx context.Context, t *Transport, q Question, seen *Seen, what func(*asker, context.Context)) error {
	jar, _ := cookiejar.New(nil) // fails never
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	what(&asker{q: q, t: t, jar: jar, seen: seen, stop: stop}, ctx)
	return context.Cause(ctx)
}

// all goes from the front of Immich to authentik; where a part is not reached, what lies behind it is not asked.
func (a *asker) all(ctx context.Context) {
	a.say("the name and the certificate of Immich")
	a.seen.Immich = a.look(ctx, a.q.Immich, "/api/server/ping")
	if a.seen.Immich.Trusted() {
		a.say("Immich")
		a.server(ctx)
	}
	if a.seen.Server.OAuth {
		a.say("Immich to begin a login for each of its clients")
		a.begin(ctx)
	}
	a.reach(ctx)
}

// reach asks authentik, where anybody tells where it is.
func (a *asker) reach(ctx context.Context) {
	if origin := a.authentik(); origin != "" {
		a.say("authentik")
		a.seen.Authentik = a.look(ctx, origin, "/-/health/live/")
		if a.seen.Authentik.Trusted() {
			a.follow(ctx)
			a.page(ctx)
			a.discover(ctx, origin)
			a.patterns(ctx)
		}
	}
}

func (a *asker) say(what string) {
	if a.q.Progress != nil {
		a.q.Progress("asking " + what)
	}
}

// get is one GET.
func (a *asker) get(ctx context.Context, address string) Answer {
	return a.ask(ctx, http.MethodGet, address, nil)
}

// ask makes one request; what comes of it, also no answer, is the Answer.
func (a *asker) ask(ctx context.Context, method, address string, body any) Answer {
	answer := Answer{URL: address, Header: http.Header{}}
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			answer.Err = err
			return answer
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		answer.Err = errors.New("the address is not a URL")
		return answer
	}
	request.Header.Set("Accept", "application/json, text/html;q=0.9")
	request.Header.Set("Accept-Language", "en")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if w, special := ctx.Value(wayKey{}).(way); special && w.upgrade {
		upgrade(request)
	}
	for _, cookie := range a.jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	began := time.Now()
	response, id, err := a.t.exchange(request) //nolint:bodyclose // it was read and closed there
	answer.ID, answer.Err = id, err
	if dead := new(ProxyError); errors.As(err, &dead) {
		a.stop(dead)
	}
	if err != nil || response == nil {
		return answer
	}
	a.jar.SetCookies(request.URL, response.Cookies())
	answer.Status, answer.Header, answer.TLS = response.StatusCode, response.Header, response.TLS
	answer.Body, _ = io.ReadAll(response.Body) // it is in memory
	answer.Ahead, answer.Dated = ahead(response.Header, began, time.Now())
	return answer
}

// upgrade asks for a WebSocket (RFC 6455 §4.1).
func upgrade(r *http.Request) {
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Sec-WebSocket-Version", "13")
	r.Header.Set("Sec-WebSocket-Key", "c3NvcHJvb2YgZG9jdG9yIQ==") // any 16 bytes
	r.Header.Set("Origin", r.URL.Scheme+"://"+r.URL.Host)
}

// ahead is how far the clock that dated an answer is ahead; the request and its answer lie between began and ended.
func ahead(h http.Header, began, ended time.Time) (time.Duration, bool) {
	at, err := http.ParseTime(h.Get("Date"))
	switch {
	case err != nil:
		return 0, false
	case at.Before(began.Truncate(time.Second)):
		return at.Sub(began.Truncate(time.Second)), true
	case at.After(ended):
		return at.Sub(ended.Truncate(time.Second)), true
	}
	return 0, true
}

// mostFronts is how many addresses of a name are looked at.
const mostFronts = 4

// look finds where a name leads and what answers at each of its addresses.
func (a *asker) look(ctx context.Context, origin, path string) *Site {
	u, err := url.Parse(origin)
	if err != nil {
		return &Site{Origin: origin, NoAddress: errors.New("the address is not a URL")}
	}
	site := &Site{Origin: origin, Host: u.Host}
	if a.proxied(u) {
		site.Proxied = true
		site.Fronts = append(site.Fronts, a.front(goes(ctx, way{looking: true}), site, path))
	} else {
		site.Addresses, site.Given, site.NoAddress = a.t.places(ctx, u.Hostname(), cmp.Or(u.Port(), "443"))
		for _, address := range site.Addresses[:min(mostFronts, len(site.Addresses))] {
			f := a.front(goes(ctx, way{looking: true, at: address}), site, path)
			f.Address = address
			site.Fronts = append(site.Fronts, f)
		}
	}
	if site.NoAddress == nil && u.Scheme == "https" {
		site.Plain = a.get(ctx, "http://"+plainHost(u)+path)
	}
	return site
}

// plainHost is where the same name is asked without TLS: on port 80, or on its own port where it has one.
func plainHost(u *url.URL) string {
	if u.Port() == "" || u.Port() == "443" {
		return u.Hostname()
	}
	return u.Host
}

func (a *asker) proxied(u *url.URL) bool {
	if a.t.o.Proxy == nil {
		return false
	}
	proxy, err := a.t.o.Proxy(&http.Request{URL: u})
	return err == nil && proxy != nil
}

func (a *asker) front(ctx context.Context, site *Site, path string) Front {
	f := Front{Answer: a.get(ctx, site.Origin+path)}
	f.Problem = flawOf(f.Answer.TLS, site.Host, a.t.o.CA)
	return f
}

// originOf is the host of an address, over https: nothing else is looked at.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") { // IPv6
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != "443" && port != "80" {
		host += ":" + port
	}
	return "https://" + host
}
