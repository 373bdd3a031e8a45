package authentik

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// How a landing came about.
const (
	ViaLocation = "location" // authorize answered with a redirect
	ViaExecutor = "executor" // a flow ended with the URL, to which the page then goes by script
)

// Landing is the point at which authentik hands the visitor back to the client.
type Landing struct {
	URL          string // the exact bytes of Location or of the executor's "to"
	Via          string // ViaLocation or ViaExecutor
	LoginAsked   bool
	ConsentAsked bool
	Permissions  []string // codes that the consent page showed; a scope without a description is not shown
	Flow         string   // slug of the flow that ended in the landing; empty with ViaLocation
	Requests     int
}

// Visitor is a person's browser without the browser: it keeps cookies and answers the challenges of authentik's flows
// over HTTP. One Visitor is one session, and not for concurrent use.
type Visitor struct {
	api      *rest.Client // without the harness's header: this is a browser's leg
	withhold bool         // consent
}

// WithholdConsent makes the visitor stop where authentik asks for consent, with a *FlowError that Asks.
func (v *Visitor) WithholdConsent() { v.withhold = true }

// NewVisitor makes a visitor with an empty cookie jar. hc gives the transport.
func NewVisitor(baseURL string, hc *http.Client) *Visitor {
	jar, _ := cookiejar.New(nil) // fails never
	browser := *hc
	browser.Jar = jar
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	header := http.Header{}
	header.Set("Accept", "text/html,application/json;q=0.9")
	header.Set("Accept-Language", "en") // the texts of pages and challenges are translated
	return &Visitor{api: &rest.Client{
		Product: product, BaseURL: strings.TrimSuffix(baseURL, "/"), HTTP: &browser, Header: header, Message: message, Wrap: asOurs,
	}}
}

// maxHops ends a walk that goes in circles. A first login takes five hops.
const maxHops = 20

// Authorize opens an authorization URL, logs in and consents where authentik asks for it, and stops at the first URL
// that is not authentik's own. A refusal is a *RefusedError, a flow that does not end well a *FlowError, and an answer
// of 500 and above an *APIError.
func (v *Visitor) Authorize(ctx context.Context, authorizeURL, username, password string) (*Landing, error) {
	w := &walk{visitor: v, username: username, password: password, landing: &Landing{}}
	next := authorizeURL
	if v.foreign(next) {
		return nil, fmt.Errorf("authorize: the URL is not on %s", v.api.BaseURL)
	}
	for range maxHops {
		to, err := w.hop(ctx, next)
		if err != nil {
			return nil, fmt.Errorf("authorize: %w", err)
		}
		if v.foreign(to) {
			w.landing.URL = to
			return w.landing, nil
		}
		next = to
	}
	return nil, fmt.Errorf("authorize: %w", &FlowError{Component: "redirect", Message: fmt.Sprintf("no end after %d hops", maxHops)})
}

// walk is one way from an authorization URL to a landing.
type walk struct {
	visitor            *Visitor
	username, password string
	sent               bool // the password: a second time may lock the person out
	landing            *Landing
}

// hop goes one step of the walk and says where it leads.
func (w *walk) hop(ctx context.Context, at string) (string, error) {
	path, query := split(at)
	if slug, ok := flowPage(path); ok {
		// The page itself only loads the scripts that then talk to the executor.
		return w.run(ctx, slug, query)
	}
	request := rest.Request{Method: http.MethodGet, Path: path, RawQuery: query}
	answer, err := w.send(ctx, request)
	if err != nil {
		return "", err
	}
	if to := answer.Header.Get("Location"); to != "" && isRedirect(answer.Status) {
		w.landing.Via, w.landing.Flow = ViaLocation, ""
		return to, nil
	}
	page := rest.ReadPage(answer.Body)
	switch {
	case answer.Status >= http.StatusInternalServerError:
		return "", w.visitor.api.Refusal(request, answer)
	case answer.Status >= http.StatusBadRequest:
		return "", refused(answer, page)
	}
	return "", pageError(page)
}

func (w *walk) send(ctx context.Context, r rest.Request) (*rest.Response, error) {
	w.landing.Requests++
	return w.visitor.api.Send(ctx, r)
}

// ownForm is what shows authentik that a POST comes from its own page: once the session is logged in it is asked for, and
// over TLS the origin as well.
func (v *Visitor) ownForm() http.Header {
	header := http.Header{}
	header.Set("Referer", v.api.BaseURL+"/")
	header.Set("Origin", v.api.BaseURL)
	for _, cookie := range v.Cookies() {
		if cookie.Name == "authentik_csrf" {
			header.Set("X-Authentik-Csrf", cookie.Value)
		}
	}
	return header
}

// Cookies are those that the visitor would send to authentik: a browser that has them is signed in where the visitor is.
func (v *Visitor) Cookies() []*http.Cookie {
	own, err := url.Parse(v.api.BaseURL + "/")
	if err != nil {
		return nil
	}
	return v.api.HTTP.Jar.Cookies(own)
}

// WithCookies makes the visitor who sits at a browser, by its cookies.
func (v *Visitor) WithCookies(jar http.CookieJar) { v.api.HTTP.Jar = jar }

// foreign reports whether a URL leaves authentik. A relative one does not; one that cannot be read does.
func (v *Visitor) foreign(raw string) bool {
	if strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") {
		return false
	}
	u, err := url.Parse(raw)
	if err != nil {
		return true
	}
	own, err := url.Parse(v.api.BaseURL)
	if err != nil {
		return true
	}
	return !strings.EqualFold(u.Scheme, own.Scheme) || !strings.EqualFold(u.Host, own.Host)
}

// split cuts a URL of authentik into path and query without changing a byte: the executor compares queries.
func split(raw string) (path, query string) {
	raw, _, _ = strings.Cut(raw, "#")
	if _, rest, ok := strings.Cut(raw, "://"); ok && !strings.HasPrefix(raw, "/") {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			raw = rest[i:]
		} else {
			raw = "/"
		}
	}
	path, query, _ = strings.Cut(raw, "?")
	return path, query
}

// flowPage is the slug of the flow whose page a path is.
func flowPage(path string) (slug string, ok bool) {
	slug, ok = strings.CutPrefix(path, "/if/flow/")
	return strings.Trim(slug, "/"), ok
}

func isRedirect(status int) bool {
	return status >= http.StatusMultipleChoices && status < http.StatusBadRequest
}
