package suites

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
)

// liveDiscovery judges authentik's discovery document, where it was found. Its checks are those of a run, as far as they
// can be judged without credentials.
func liveDiscovery(l *Live) ([]LiveCheck, []Exclusion) {
	if why := l.undiscovered(); why != "" {
		return nil, []Exclusion{{"discovery.issuer", why}, {"discovery.document", why}, {"discovery.keys", why}}
	}
	issuer := needing(one("discovery.issuer", "authentik's issuer is the one at whose address it is discovered, byte for byte", liveIssuer,
		demand("strict", "OpenID Connect Discovery 1.0 §4.3", "the discovered issuer equals the one by which the document was found")), liveAuthentikTLS)
	if l.Begins() {
		issuer.Level = check.Should // Immich takes it, so it is set to the document's own address or to that issuer
	}
	return []LiveCheck{
		issuer,
		needing(one("discovery.document", documentTitle, liveDocument, endpointsDemand(),
			demand("capabilities", l.product(), "code flow, %sthe scopes that Immich asks for are offered", strings.TrimPrefix(l.pkce()+", ", ", "))), liveAuthentikTLS),
		needing(one("discovery.keys", keysTitle, liveKeys, keysDemands(l.product())...), liveAuthentikTLS),
	}, nil
}

// undiscovered is why the discovery document is not judged; empty: it is.
func (l *Live) undiscovered() string {
	const told = "; --issuer URL names it, as the provider's page in authentik shows it"
	d := l.Discovery
	switch {
	case l.Seen.Authentik == nil:
		return "nobody told where authentik's discovery document is" + told
	case d.Issuer == "":
		return "authentik was not asked for its discovery document, since " + l.Seen.Authentik.Host + " is not reached with a good certificate"
	case !d.Guessed || d.Found():
		return ""
	case d.Answer.Err != nil:
		return fmt.Sprintf("authentik was asked for its discovery document at %s, and no answer came: %s", d.Answer.URL, d.Answer.Err)
	case d.Answer.Gateway():
		return fmt.Sprintf("authentik was asked for its discovery document at %s, and the proxy before it answers %s", d.Answer.URL, statusText(d.Answer.Status))
	}
	return fmt.Sprintf("authentik has no discovery document at %s"+told, d.Answer.URL)
}

// discovered is the document; where there is none, that is the finding.
func (l *Live) discovered(t *check.T, requirement string) document {
	l.rests(t, l.Discovery.Answer)
	heard(t, "authentik's discovery document at "+l.Discovery.Answer.URL, l.Discovery.Answer)
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
	if l.Begins() {
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
