package suites

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/live"
)

// liveWay judges the way to both products: names, certificates, protocols, clocks.
func liveWay(l *Live) ([]LiveCheck, []Exclusion) {
	checks := siteChecks("immich", "Immich", l.Seen.Immich)
	if l.Seen.Authentik == nil {
		return checks, []Exclusion{{"live.clock", "nobody told where authentik is: Immich begins no login, and no --issuer is given"}}
	}
	checks = append(checks, siteChecks("authentik", "authentik", l.Seen.Authentik)...)
	return append(checks, needing(one("live.clock", "the clocks of authentik and Immich agree", liveClock,
		demand("agree", "OpenID Connect Core 1.0 §3.1.3.7", "the dates of both products' answers are at most %s apart", ClockTolerance)),
		"live.tls[host=immich]", "live.tls[host=authentik]")), nil
}

// siteChecks are those of one public name.
func siteChecks(key, product string, s *live.Site) []LiveCheck {
	tls := "live.tls[host=" + key + "]"
	body := func(judge func(*check.T, *Live, *live.Site)) func(*check.T, *Live) {
		return func(t *check.T, l *Live) { judge(t, l, s) }
	}
	checks := []LiveCheck{
		named(one("live.dns", s.Host+" leads somewhere", body(liveDNS),
			demand("resolves", "RFC 1034 §3.6", "the name of %s has an address", product)), "host", key),
		named(needing(one("live.tls", s.Host+" shows a good certificate", body(liveTLS),
			demand("certificate", "RFC 9525 §6", "each address of %s presents a certificate for its name that is valid now and trusted", product)),
			"live.dns[host="+key+"]"), "host", key),
		named(needing(level(one("live.https", "who comes to "+s.Host+" by http is sent to https", body(liveHTTPS),
			demand("redirect", "RFC 9110 §4.2.2", "%s over http redirects to https, or does not answer", product)), check.Should), tls), "host", key),
		named(needing(level(one("live.http2", s.Host+" speaks HTTP/2", body(liveHTTP2),
			demand("h2", "RFC 9113 §3.2", "%s offers h2 by ALPN", product)), check.Info), tls), "host", key),
	}
	if len(s.Fronts) > 1 {
		checks = append(checks, named(needing(level(one("live.addresses", "every address of "+s.Host+" answers alike", body(liveAddresses),
			demand("alike", "RFC 6724 §2", "who gets another address of %s gets the same answer", product)), check.Should), tls), "host", key))
	}
	return checks
}

func liveDNS(t *check.T, _ *Live, s *live.Site) {
	t.Block(s.NoAddress)
	t.Confirm("resolves", func() {
		if !s.Proxied {
			assert.NotEmpty(t, s.Addresses, "addresses of %s", s.Host)
		}
	})
	t.Observe("addresses", addressesOf(s))
}

func addressesOf(s *live.Site) string {
	if s.Proxied {
		return "found by a proxy"
	}
	var all []string
	for _, a := range s.Addresses {
		all = append(all, a.Addr().String())
	}
	return strings.Join(all, " ")
}

func liveTLS(t *check.T, l *Live, s *live.Site) {
	for _, f := range s.Fronts {
		l.rests(t, f.Answer)
	}
	l.rests(t, s.Plain)
	untrusted := false
	t.Confirm("certificate", func() {
		for _, f := range s.Fronts {
			switch {
			case f.Problem != nil && f.Problem.Flaw == live.Untrusted:
				untrusted = true
			case f.Problem != nil:
				t.Find(check.Finding{Message: f.Problem.Error() + at(f), Expected: "a certificate for " + f.Problem.Name + " that is valid now", Actual: string(f.Problem.Flaw)})
			}
		}
		if alert := s.Refused(); alert != nil {
			t.Find(check.Finding{Message: "a server answers for " + s.Host + ", and ends TLS before it presents a certificate", Expected: "a certificate for " + s.Host, Actual: alert.Error()})
			t.FailNow()
		}
		if s.HTTPOnly() {
			t.Find(check.Finding{Message: s.Host + " answers over http and not over https", Expected: "TLS", Actual: why(s)})
			t.FailNow()
		}
		if !s.Reached() {
			t.Block(fmt.Errorf("nothing answers at %s: %s", s.Origin, why(s)))
		}
		if untrusted {
			t.Block(problemOf(s)) // not nil: it was seen above
		}
	})
	for _, f := range s.Fronts {
		if c := f.Certificate(); c != nil {
			t.Observe("names", strings.Join(c.DNSNames, " "))
			t.Observe("expires", c.NotAfter.UTC().Format(time.DateOnly))
			t.Observe("issuer", c.Issuer.CommonName)
		}
	}
}

// at is the address of a front, where it is known.
func at(f live.Front) string {
	if !f.Address.IsValid() {
		return ""
	}
	return " (at " + f.Address.Addr().String() + ")"
}

// why is why the first address does not answer.
func why(s *live.Site) string {
	for _, f := range s.Fronts {
		if f.Answer.Err != nil {
			return f.Answer.Err.Error()
		}
	}
	return "no answer"
}

func problemOf(s *live.Site) *live.CertificateError {
	for _, f := range s.Fronts {
		if f.Problem != nil {
			return f.Problem
		}
	}
	return nil
}

// liveAddresses compares what the addresses of a name answer: half a pair is what some people get.
func liveAddresses(t *check.T, l *Live, s *live.Site) {
	t.Confirm("alike", func() {
		first := s.Fronts[0]
		for _, f := range s.Fronts {
			l.rests(t, f.Answer)
			assert.Equal(t, told(first), told(f), "what answers%s", at(f))
		}
	})
}

func told(f live.Front) string {
	if f.Certificate() == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s, %s", statusText(f.Answer.Status), strings.Join(f.Certificate().DNSNames, " "))
}

func liveHTTPS(t *check.T, l *Live, s *live.Site) {
	l.rests(t, s.Plain)
	t.Confirm("redirect", func() {
		if s.Plain.Status == 0 { // nobody is there
			return
		}
		assert.Truef(t, strings.HasPrefix(s.Plain.Location(), "https://"), "GET %s is answered with %s", s.Plain.URL, statusText(s.Plain.Status))
	})
}

func liveHTTP2(t *check.T, l *Live, s *live.Site) {
	t.Confirm("h2", func() {
		for _, f := range s.Fronts {
			l.rests(t, f.Answer)
			if tls := f.Answer.TLS; tls != nil && tls.NegotiatedProtocol != "h2" {
				t.Find(check.Finding{Message: s.Host + " offers HTTP/1.1 alone" + at(f), Expected: "h2 by ALPN", Actual: tls.NegotiatedProtocol})
			}
		}
	})
}

// ClockTolerance is what both products allow a clock, and some.
const ClockTolerance = 30 * time.Second

func liveClock(t *check.T, l *Live) {
	immich, authentik := l.Seen.Immich.Fronts[0].Answer, l.Seen.Authentik.Fronts[0].Answer
	l.rests(t, immich, authentik)
	heard(t, "Immich", immich)
	heard(t, "authentik", authentik)
	if !immich.Dated || !authentik.Dated {
		t.Block(fmt.Errorf("an answer has no date: it cannot be told what time it is there"))
	}
	t.Observe("immich", immich.Ahead.String())
	t.Observe("authentik", authentik.Ahead.String())
	t.Confirm("agree", func() {
		apart := (authentik.Ahead - immich.Ahead).Abs()
		assert.LessOrEqual(t, apart, ClockTolerance, "authentik's clock is %s and Immich's %s this machine's", offset(authentik.Ahead), offset(immich.Ahead))
	})
}

// offset says how a clock stands to another.
func offset(ahead time.Duration) string {
	switch {
	case ahead.Abs() <= time.Second:
		return "equal to"
	case ahead > 0:
		return ahead.String() + " ahead of"
	}
	return ahead.Abs().String() + " behind"
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
