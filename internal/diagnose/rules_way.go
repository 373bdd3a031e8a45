package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/version"
)

// wayRules are about what stands between the products, and about the harness itself.
func wayRules() []rule {
	return []rule{
		{"proxy.forwarded-proto", (*Evidence).forwardedProto},
		{"proxy.host", (*Evidence).host},
		{"proxy.cookies", (*Evidence).cookies},
		{"proxy.forward-auth", (*Evidence).forwardAuth},
		{"proxy.discovery-blocked", (*Evidence).discoveryBlocked},
		{"proxy.gateway", (*Evidence).gateway},
		{"proxy.clock", (*Evidence).clock},
		{"immich.ca-untrusted", (*Evidence).untrusted},
		{"harness.network-changed", (*Evidence).networkChanged},
	}
}

// forwardedProto: authentik believes that it was asked over http.
func (e *Evidence) forwardedProto() []sign {
	if !strings.HasPrefix(e.Discovery.URL, "https:") || !strings.HasPrefix(e.Discovery.Issuer, "http:") {
		return nil
	}
	return []sign{{
		checks: e.issuerBlames(), values: map[string]string{"have": e.Discovery.Issuer},
		evidence: []string{"asked over https, discovery says the issuer is " + e.Discovery.Issuer},
	}}
}

// host: authentik believes that it was asked under another name.
func (e *Evidence) host() []sign {
	asked, told := parse(e.Discovery.URL).Host, parse(e.Discovery.Issuer).Host
	if told == "" || asked == told || strings.HasPrefix(e.Discovery.Issuer, "http:") {
		return nil
	}
	return []sign{{
		checks: e.issuerBlames(), values: map[string]string{"asked": asked, "told": told},
		evidence: []string{"asked under " + asked + ", discovery says the issuer is " + e.Discovery.Issuer},
	}}
}

// cookies: between Immich and the browser they get lost. The edge saw it; before a live pair a login that begins shows it.
func (e *Evidence) cookies() []sign {
	signs := []sign{{checks: e.those(func(f Failed) bool { return len(f.Dropped) > 0 && (f.Sessionless || f.stateless()) })}}
	if e.Live != nil && e.Immich.Has(version.PKCE) && len(e.Live.Logins) > 0 && e.Live.Logins[0].Request != nil && !e.Live.Logins[0].Start.Sets(immich.StateCookie) {
		signs = append(signs, sign{
			checks:   e.those(func(f Failed) bool { return f.in("live.authorize") || f.last().Place == AtCallback }),
			values:   map[string]string{"begin": "POST /api/oauth/authorize"},
			evidence: []string{"Immich's answer to POST /api/oauth/authorize sets no cookie " + immich.StateCookie},
		})
	}
	return signs
}

// forwardAuth: somebody else answers in place of Immich's API.
func (e *Evidence) forwardAuth() []sign {
	p := e.Ping
	if p.Status == 0 || p.Status >= 500 || p.Status == http.StatusOK && strings.Contains(p.ContentType, "json") {
		return nil
	}
	to, _, _ := strings.Cut(p.Location, "?") // which may hold what is for one person alone
	// Only Immich's name was asked: what the doctor asks authentik itself does not pass there.
	behind := func(f Failed) bool { return e.Live == nil || !f.in("discovery.") && f.Variant["host"] != "authentik" }
	what := fmt.Sprintf("GET /api/server/ping without a cookie is answered with %d %s %s", p.Status, p.ContentType, to)
	return []sign{{checks: e.those(behind), values: map[string]string{"to": to}, evidence: []string{strings.TrimSpace(what)}}}
}

// discoveryBlocked: somebody else answers in place of authentik's discovery document, at the right address.
func (e *Evidence) discoveryBlocked() []sign {
	if e.Live != nil {
		return e.blockedLive()
	}
	d := e.Discovery
	if !live.InPlace(d.Status) || e.OAuth.Issuer == "" || e.issuer() != e.right() {
		return nil
	}
	return []sign{blockedSign(e.issuerBlames(), d.URL, d.Status, d.Location)}
}

// blockedLive: Immich may come another way than the doctor, and get its document.
func (e *Evidence) blockedLive() []sign {
	a, blocked := e.Live.Blocked()
	if !blocked {
		return nil
	}
	checks := append(e.those(func(f Failed) bool { return f.in("discovery.") }), e.startSays(unreadableWords...)...)
	return []sign{blockedSign(checks, a.URL, a.Status, a.Location())}
}

func blockedSign(checks []string, url string, status int, location string) sign {
	to := withoutQuery(location)
	return sign{
		checks: checks, values: map[string]string{"status": fmt.Sprint(status), "url": url, "to": to},
		evidence: []string{strings.TrimSpace(fmt.Sprintf("GET %s is answered with %d %s", url, status, to))},
	}
}

var gateway = []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// gateway: the way to a product is broken, a sign for each.
func (e *Evidence) gateway() []sign {
	broken := slices.Contains(gateway, e.Discovery.Status)
	immichs := func(s Stop) bool { return s.Place == AtStart || s.Place == AtCallback } // which answers 500 where authentik is away
	to := func(immich bool) func(Failed) bool {
		return func(f Failed) bool {
			return slices.ContainsFunc(f.Stops, func(s Stop) bool { return slices.Contains(gateway, s.Status) && immichs(s) == immich }) ||
				!immich && broken && (f.last().Place == AtStart || f.in("discovery.")) || e.behindGateway(f, immich)
		}
	}
	return []sign{
		{checks: e.those(to(false)), values: map[string]string{"product": "authentik"}},
		{checks: e.those(to(true)), values: map[string]string{"product": "Immich"}},
	}
}

// tolerance is what both products allow a clock, and some.
const tolerance = 30 * time.Second

func (e *Evidence) clock() []sign {
	apart := e.AuthentikClock - e.ImmichClock
	if apart.Abs() < tolerance {
		return nil
	}
	return []sign{{
		checks: e.those(func(f Failed) bool {
			return f.in("live.clock") || len(f.Stops) > 0 && e.ours(f.last()) && f.last().Place == AtCallback
		}),
		values:   map[string]string{"apart": apart.Abs().Round(time.Second).String()},
		evidence: []string{fmt.Sprintf("authentik's clock is %s ahead of this machine's, and Immich's %s", e.AuthentikClock.Round(time.Second), e.ImmichClock.Round(time.Second))},
	}}
}

func (e *Evidence) networkChanged() []sign {
	return []sign{{checks: e.those(func(f Failed) bool { return disturbed(f.Result) })}}
}

// disturbed reports whether the browser's own network changed during a check.
func disturbed(r check.Result) bool {
	return r.Status == check.Inconclusive && strings.Contains(r.Reason, "a network interface of its machine came or went")
}
