package suites

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/live"
)

// liveDiscovery judges authentik's discovery document, where it was found. Its checks are those of a run, as far as they
// can be judged without credentials.
func liveDiscovery(l *Live) ([]LiveCheck, []Exclusion) {
	d := l.Discovery
	if d.Answer.Status == 0 || d.Guessed && !d.Found() {
		reason := "nobody told where authentik's discovery document is; --issuer URL names it, as the provider's page in authentik shows it"
		if d.Guessed && d.Answer.Status != 0 {
			reason = fmt.Sprintf("authentik has no discovery document at %s; --issuer URL names it, as the provider's page in authentik shows it", d.Answer.URL)
		}
		return nil, []Exclusion{{"discovery.issuer", reason}, {"discovery.document", reason}, {"discovery.keys", reason}}
	}
	issuer := needing(one("discovery.issuer", "authentik's issuer is the one at whose address it is discovered, byte for byte", liveIssuer,
		demand("strict", "OpenID Connect Discovery 1.0 §4.3", "the discovered issuer equals the one by which the document was found")), liveAuthentikTLS)
	if l.begins() {
		issuer.Level = check.Should // Immich takes it, so it is set to the document's own address or to that issuer
	}
	return []LiveCheck{
		issuer,
		needing(one("discovery.document", documentTitle, liveDocument, endpointsDemand(),
			demand("capabilities", l.product(), "code flow, %sthe scopes that Immich asks for are offered", strings.TrimPrefix(l.pkce()+", ", ", "))), liveAuthentikTLS),
		needing(one("discovery.keys", keysTitle, liveKeys, keysDemands(l.product())...), liveAuthentikTLS),
	}, nil
}

// begins reports whether Immich begins logins.
func (l *Live) begins() bool {
	return slices.ContainsFunc(l.Logins, func(login live.Login) bool { return login.Request != nil })
}

// discovered is the document; where there is none, that is the finding.
func (l *Live) discovered(t *check.T, requirement string) document {
	l.rests(t, l.Discovery.Answer)
	heard(t, "authentik", l.Discovery.Answer)
	var d document
	t.Confirm(requirement, func() {
		if !l.Discovery.Found() || json.Unmarshal(l.Discovery.Answer.Body, &d) != nil {
			t.Find(check.Finding{Message: "no discovery document is there", Expected: l.Discovery.Answer.URL, Actual: brief(l.Discovery.Answer)})
			t.FailNow()
		}
	})
	return d
}

func liveIssuer(t *check.T, l *Live) {
	d := l.discovered(t, "strict")
	t.Observe("issuer", d.Issuer)
	t.Confirm("strict", func() { assert.Equal(t, l.Discovery.Issuer, d.Issuer, "the issuer in the discovery document") })
}

func liveDocument(t *check.T, l *Live) {
	d := l.discovered(t, "endpoints")
	t.Confirm("endpoints", func() { d.assertEndpoints(t, l.Authentik.Origin) })
	scope := ""
	if l.begins() {
		scope = l.Logins[0].Request.Query().Get("scope")
	}
	t.Confirm("capabilities", func() { d.assertCapabilities(t, l.pkce() != "", scope) })
	d.observe(t)
}

// usualAlgorithm is Immich's default; what it is set to is not public.
const usualAlgorithm = "RS256"

func liveKeys(t *check.T, l *Live) {
	d := l.discovered(t, "usable")
	if !slices.Contains(d.Algorithms, usualAlgorithm) {
		t.Block(fmt.Errorf("authentik signs with %s; whether Immich is set to that is not public, and its default is %s", strings.Join(d.Algorithms, ", "), usualAlgorithm))
	}
	l.rests(t, l.Keys)
	heard(t, "authentik's key set", l.Keys)
	d.confirmKeys(t, l.Keys.Body, usualAlgorithm)
}
