package diagnose

import (
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/report"
)

// liveOtherRules are about a name or a way that leads elsewhere than people mean.
func liveOtherRules() []rule {
	return []rule{
		{"proxy.redirect-loop", (*Evidence).redirectLoop},
		{"proxy.other-server", (*Evidence).otherServer},
		{"immich.address-internal", (*Evidence).addressInternal},
	}
}

// certificateMissing: something answers at the name, and has no certificate to present.
func (e *Evidence) certificateMissing() []sign {
	var signs []sign
	for _, s := range e.sites() {
		if alert := s.Refused(); alert != nil {
			checks := e.of(s, "live.tls", "live.origin")
			if s.value == "authentik" {
				checks = append(checks, e.startSays(unreachableWords...)...)
			}
			signs = append(signs, sign{checks: checks, values: s.values(), evidence: []string{alert.Error()}})
		}
	}
	return signs
}

// redirectLoop: over https, a name sends browsers to where they are.
func (e *Evidence) redirectLoop() []sign {
	var signs []sign
	for _, s := range e.sites() {
		if !s.Circular() {
			continue
		}
		checks := e.of(s, "live.origin")
		switch s.value {
		case "immich":
			checks = append(checks, e.those(func(f Failed) bool { return f.in("live.api-open") })...)
		case "authentik":
			checks = append(checks, e.behindAuthentik()...)
		}
		answer := s.Fronts[0].Answer
		signs = append(signs, sign{checks: checks, values: s.values(), evidence: []string{
			fmt.Sprintf("GET %s is answered with %d to %s", answer.URL, answer.Status, withoutQuery(answer.Location())),
		}})
	}
	return signs
}

// behindAuthentik are the checks that fail where something else answers in authentik's place.
func (e *Evidence) behindAuthentik() []string {
	return append(e.those(func(f Failed) bool { return f.in("discovery.", "live.redirect", "live.login-page") }), e.startSays(unreadableWords...)...)
}

// otherServer: something that is not authentik answers under its name.
func (e *Evidence) otherServer() []sign {
	answer, strange := e.stranger()
	if !strange {
		return nil
	}
	s := site{"host", "authentik", "authentik", e.Live.Authentik}
	values := s.values()
	values["of"] = answer.Of()
	told := fmt.Sprintf("GET %s is answered with %d %s %s", answer.URL, answer.Status, answer.Header.Get("Content-Type"), withoutQuery(answer.Location()))
	return []sign{{checks: e.behindAuthentik(), values: values, evidence: []string{strings.TrimSpace(told)}}}
}

func (e *Evidence) stranger() (live.Answer, bool) {
	if e.Live == nil {
		return live.Answer{}, false
	}
	return e.Live.Stranger()
}

// otherwise reports whether authentik's name was seen to lead to something else, so that Immich's setting is not to blame.
func (e *Evidence) otherwise() bool {
	_, strange := e.stranger()
	return strange || e.Live != nil && e.Live.Authentik.Circular()
}

// blocked reports whether something in front of authentik answered in place of its discovery document.
func (e *Evidence) blocked() bool {
	if e.Live == nil {
		return false
	}
	_, blocked := e.Live.Blocked()
	return blocked
}

// sent is the host, with a port, that Immich sends people to where it is not one for people; empty: it is, or it sends nobody.
func (e *Evidence) sent() string {
	if e.Live == nil {
		return ""
	}
	for _, l := range e.Live.Logins {
		if l.Request != nil && live.Internal(l.Request.Hostname()) {
			return l.Request.Host
		}
	}
	return ""
}

// astray reports whether a site was looked at for no other reason than that Immich sends people to an address that is not
// for people.
func (e *Evidence) astray(s site) bool {
	return s.value == "authentik" && !e.Live.Named && e.sent() != ""
}

// addressInternal: Immich sends people to an address of a network of its own. Where authentik, asked under its public name,
// names that address as well, proxy.host says more.
func (e *Evidence) addressInternal() []sign {
	told := e.sent()
	if told == "" || e.Live.Authentik.Trusted() && !e.Live.Named {
		return nil
	}
	values := map[string]string{"told": told, "want": e.Discovery.Issuer}
	began := e.those(func(f Failed) bool { return f.in("live.authorize") })
	evidence := []string{"Immich's authorization request goes to " + told}
	if !e.Live.Named {
		values["blind"] = "yes"
		s := site{"host", "authentik", "authentik", e.Live.Authentik}
		return []sign{{
			checks: append(e.of(s, "live.dns", "live.tls"), began...), values: values, evidence: evidence,
			side: report.SideUnknown, or: []string{"proxy.host"},
		}}
	}
	public := parse(e.Live.Authentik.Origin).Host
	if e.Discovery.Issuer == "" || parse(e.Discovery.Issuer).Host != public {
		return nil
	}
	values["asked"] = public
	return []sign{{checks: began, values: values, evidence: evidence}}
}
