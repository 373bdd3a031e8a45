package live

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// The bounds of a passage, in requests. A first login takes some 15, and its end 6.
const (
	passageMost = 60
	passageEnd  = 12   // are kept back for the end, so that a login that goes in circles is ended as well
	windowMost  = 1500 // where a browser loads the pages as well, some 150 files each
)

// Passage is the second way to a live pair, for one login and its end. It lets through what these are made of, over https
// to the two products alone, bounds it on its own, and goes and records as its Transport does. It is safe for concurrent use.
type Passage struct {
	t                 *Transport
	immich, authentik string // origins

	mu           sync.Mutex
	most         int // requests
	spent, wrote int
	ending       bool
}

// Passage opens the way for a login at Immich through authentik, by their origins. It takes nothing from the requests that the
// transport may make.
func (t *Transport) Passage(immich, authentik string) *Passage {
	return &Passage{t: t, immich: immich, authentik: authentik, most: passageMost}
}

// immichsWrites are Immich's share of what a login writes; executorPath is authentik's.
var immichsWrites = []string{authorizePath, callbackPath, logoutPath}

const (
	callbackPath = "/api/oauth/callback"
	logoutPath   = "/api/auth/logout"
	executorPath = "/api/v3/flows/executor/"
)

// allowed reports whether a request is part of a login.
func (p *Passage) allowed(r *http.Request) bool {
	origin := r.URL.Scheme + "://" + r.URL.Host
	if r.URL.Scheme != "https" || origin != p.immich && origin != p.authentik {
		return false
	}
	switch r.Method {
	case http.MethodGet:
		return true
	case http.MethodPost:
		// An escaped path may mean another place to a proxy.
		flow, ok := strings.CutPrefix(r.URL.EscapedPath(), executorPath)
		ok = ok && origin == p.authentik && slug(strings.TrimSuffix(flow, "/"))
		return ok || origin == p.immich && r.URL.RawQuery == "" && slices.Contains(immichsWrites, r.URL.EscapedPath())
	}
	return false
}

// slug reports whether a text is the slug of a flow.
func slug(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// RoundTrip implements http.RoundTripper.
func (p *Passage) RoundTrip(r *http.Request) (*http.Response, error) {
	if !p.allowed(r) {
		return nil, &RefusedError{Method: r.Method, URL: withoutSecrets(r.URL.String()), Login: true}
	}
	if err := p.spend(r.Method != http.MethodGet); err != nil {
		return nil, err
	}
	if err := p.t.limiter.Wait(r.Context()); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Del(edge.HarnessHeader) // a login is a browser's
	r.Header.Set("User-Agent", p.t.o.Agent)
	response, _, err := p.t.carry(r, func(x *edge.Exchange) { p.hide(r, x) })
	return response, err
}

func (p *Passage) spend(writes bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := p.most
	if !p.ending {
		most -= passageEnd
	}
	if p.spent >= most {
		return &SpentError{Most: most, Login: true}
	}
	p.spent++
	if writes {
		p.wrote++
	}
	return nil
}

// end frees the requests that were kept back.
func (p *Passage) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ending = true
}

// Made is how many requests were made, and how many of them wrote.
func (p *Passage) Made() (all, wrote int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spent, p.wrote
}

// hide takes passwords, tokens and what Immich tells of a person out of what is recorded.
func (p *Passage) hide(r *http.Request, x *edge.Exchange) {
	x.RequestBody = withoutSecretFields(x.RequestBody)
	good := x.Status < http.StatusMultipleChoices
	if good && strings.HasPrefix(r.URL.String(), p.immich+"/") && r.URL.Path != authorizePath { // that answer holds nothing of a person
		x.ResponseBody = nil
		return
	}
	x.ResponseBody = withoutSecretFields(x.ResponseBody)
}

// secretFields are those of authentik's challenges and Immich's answers that let somebody in, or show a face.
var secretFields = []string{"password", "token", "accessToken", "codeVerifier", "state", "pending_user_avatar"}

// withoutSecretFields is a JSON object without the values of such fields. What is none is a page, whose addresses were seen to.
func withoutSecretFields(body []byte) []byte {
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return body
	}
	for _, field := range secretFields {
		if text, ok := object[field].(string); ok && text != "" {
			object[field] = "-"
		}
	}
	if address, ok := object["url"].(string); ok {
		object["url"] = withoutSecrets(address)
	}
	kept, err := json.Marshal(object)
	if err != nil {
		return nil
	}
	return kept
}
