package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/live"
)

// liveRules are about what a live pair shows to anybody: names, certificates and what stands before the products.
func liveRules() []rule {
	flawed := func(flaws ...live.Flaw) func(*Evidence) []sign {
		return func(e *Evidence) []sign { return e.certificates(flaws...) }
	}
	rules := []rule{
		{"proxy.certificate-expired", flawed(live.Expired, live.NotYet)},
		{"proxy.certificate-name", flawed(live.OtherName)},
		{"proxy.certificate-untrusted", flawed(live.Untrusted)},
		{"proxy.certificate-missing", (*Evidence).certificateMissing},
		{"proxy.http-only", (*Evidence).httpOnly},
		{"proxy.name-unknown", (*Evidence).nameUnknown},
		{"proxy.unreachable", (*Evidence).unreachable},
		{"proxy.addresses-differ", (*Evidence).addressesDiffer},
		{"proxy.http-open", (*Evidence).httpOpen},
		{"proxy.websockets", (*Evidence).webSockets},
	}
	return slices.Concat(rules, liveOtherRules(), liveIssuerRules())
}

// site is a public name, and the key and value by which a check says that it is about it.
type site struct {
	key, value, product string
	*live.Site
}

// sites are those that were looked at; none where the pair is not live.
func (e *Evidence) sites() []site {
	var all []site
	if e.Live != nil && e.Live.Immich != nil {
		all = append(all, site{"host", "immich", "Immich", e.Live.Immich})
	}
	if e.Live != nil && e.Live.Authentik != nil {
		all = append(all, site{"host", "authentik", "authentik", e.Live.Authentik})
	}
	if e.Live != nil {
		for _, o := range e.Live.Origins {
			all = append(all, site{"name", o.Site.Host, "Immich", o.Site})
		}
	}
	return all
}

// of are the failed checks with an ID that are about a site.
func (e *Evidence) of(s site, ids ...string) []string {
	return e.those(func(f Failed) bool { return f.in(ids...) && f.Variant[s.key] == s.value })
}

func (s site) values() map[string]string {
	host, port := s.Place()
	return map[string]string{"host": host, "port": port, "product": s.product, "origin": s.Origin}
}

// certificates are the sites whose certificate has one of the flaws. One of authentik's that is good for nobody keeps
// Immich from it as well, which newer releases say by "fetch failed" alone.
func (e *Evidence) certificates(flaws ...live.Flaw) []sign {
	var signs []sign
	for _, s := range e.sites() {
		for _, f := range s.Fronts {
			if f.Problem == nil || !slices.Contains(flaws, f.Problem.Flaw) {
				continue
			}
			checks := e.of(s, "live.tls", "live.addresses", "live.origin")
			if s.value == "authentik" && f.Problem.Flaw != live.Untrusted {
				checks = append(checks, e.startSays(unreachableWords...)...)
			}
			values := s.values()
			values["names"], values["flaw"], values["stopgap"] = f.Problem.For(), string(f.Problem.Flaw), f.Problem.Stopgap
			values["since"], values["issuer"] = f.Problem.NotAfter.UTC().Format(time.DateTime)+" UTC", f.Problem.Issuer
			if f.Problem.Flaw == live.NotYet {
				values["since"], values["early"] = f.Problem.NotBefore.UTC().Format(time.DateTime)+" UTC", "yes"
			}
			signs = append(signs, sign{checks: checks, values: values, evidence: []string{f.Problem.Error()}})
			break
		}
	}
	return signs
}

func (e *Evidence) httpOnly() []sign {
	var signs []sign
	for _, s := range e.sites() {
		if !s.HTTPOnly() || e.astray(s) {
			continue
		}
		signs = append(signs, sign{checks: e.of(s, "live.tls", "live.origin"), values: s.values(), evidence: []string{
			fmt.Sprintf("GET %s is answered with %d; over https: %s", s.Plain.URL, s.Plain.Status, problemAt(s)),
		}})
	}
	return signs
}

func problemAt(s site) string {
	for _, f := range s.Fronts {
		if f.Answer.Err != nil {
			return f.Answer.Err.Error()
		}
	}
	return "no answer"
}

func (e *Evidence) nameUnknown() []sign {
	var signs []sign
	for _, s := range e.sites() {
		if s.NoAddress != nil && !e.astray(s) {
			signs = append(signs, sign{checks: e.of(s, "live.dns", "live.origin"), values: s.values(), evidence: []string{s.NoAddress.Error()}})
		}
	}
	return signs
}

// unreachable: the name leads somewhere, and nobody answers there.
func (e *Evidence) unreachable() []sign {
	var signs []sign
	for _, s := range e.sites() {
		if s.NoAddress == nil && !s.Reached() && !s.HTTPOnly() && s.Refused() == nil && !e.astray(s) {
			signs = append(signs, sign{checks: e.of(s, "live.tls", "live.origin"), values: s.values(), evidence: []string{problemAt(s)}})
		}
	}
	return signs
}

func (e *Evidence) addressesDiffer() []sign {
	var signs []sign
	for _, s := range e.sites() {
		var told []string
		for _, f := range s.Fronts {
			text := "nothing"
			if f.Certificate() != nil {
				text = fmt.Sprint(f.Answer.Status)
			}
			told = append(told, fmt.Sprintf("%s answers %s", f.Address.Addr(), text))
		}
		if s.Trusted() {
			signs = append(signs, sign{checks: e.of(s, "live.addresses"), values: s.values(), evidence: told})
		}
	}
	return signs
}

func (e *Evidence) httpOpen() []sign {
	var signs []sign
	for _, s := range e.sites() {
		if s.Reached() && s.Plain.Status != 0 {
			signs = append(signs, sign{checks: e.of(s, "live.https"), values: s.values(), evidence: []string{
				fmt.Sprintf("GET %s is answered with %d", s.Plain.URL, s.Plain.Status),
			}})
		}
	}
	return signs
}

func (e *Evidence) webSockets() []sign {
	if e.Live == nil || e.Live.Socket.Status == 0 || e.Live.Socket.Status == http.StatusSwitchingProtocols || e.Live.Socket.Gateway() || !e.Live.Server.Pong {
		return nil
	}
	return []sign{{checks: e.those(func(f Failed) bool { return f.in("live.websocket") }), evidence: []string{
		fmt.Sprintf("the upgrade of %s is answered with %d", e.Live.Socket.URL, e.Live.Socket.Status),
	}}}
}

// behindGateway reports whether a check rests on an answer of a proxy's in a product's place, of Immich's or authentik's.
func (e *Evidence) behindGateway(f Failed, immich bool) bool {
	if e.Live == nil {
		return false
	}
	l := e.Live
	if f.ID == "live.clock" {
		site := l.Authentik
		if immich {
			site = l.Immich
		}
		return site != nil && len(site.Fronts) > 0 && site.Fronts[0].Answer.Gateway()
	}
	answers := map[string][]live.Answer{
		"live.login-page": {l.LoginPage}, "discovery.issuer": {l.Discovery.Answer}, "discovery.document": {l.Discovery.Answer},
		"discovery.keys": {l.Discovery.Answer, l.Keys},
	}
	if immich {
		answers = map[string][]live.Answer{
			"live.api-open": {l.Ping, l.WellKnown}, "live.oauth-on": {l.Features}, "live.button": {l.Config},
			"live.websocket": {l.Socket}, "login.mobile.handoff": {l.Handoff},
		}
	}
	return slices.ContainsFunc(answers[f.ID], live.Answer.Gateway)
}
