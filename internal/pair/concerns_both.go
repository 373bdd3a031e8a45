package pair

import (
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// clientID: both halves write it.
func (l *look) clientID() {
	have, want := l.oauthText("clientId", ""), l.providerText("client_id")
	if have != "" && want != "" && have != want {
		l.say(WillFail, "immich.client-id-unknown", "", oauthPath+"clientId", "Immich's client ID is not the provider's", "write the same on both sides")
	}
}

// clientSecret: both halves of a live pair have it, and no pair file.
func (l *look) clientSecret() {
	same, known := l.ClientSecrets()
	if known && !same && l.oauthText("clientId", "") == l.providerText("client_id") {
		l.say(WillFail, "immich.client-secret", "", oauthPath+"clientSecret", "Immich's client secret is not the provider's, so Immich cannot redeem a code",
			"copy the client secret of the provider "+l.providerText("name")+" into Immich once more")
	}
}

var slugOf = regexp.MustCompile(`/application/o/([^/]+)`)

// slug: Immich's issuer names the application.
func (l *look) slug() {
	slug := l.Authentik.Slug()
	m := slugOf.FindStringSubmatch(l.oauthText("issuerUrl", ""))
	if slug != "" && m != nil && m[1] != slug {
		l.say(WillFail, "immich.issuer-slug", "", oauthPath+"issuerUrl", "the issuer names the application "+m[1]+", and the application's slug is "+slug, "write …/application/o/"+slug+"/")
	}
}

// issuerMode: one issuer for all providers is not what Immich's issuer URL says.
func (l *look) issuerMode() {
	issuer := l.oauthText("issuerUrl", "")
	if l.providerText("issuer_mode") == "global" && issuer != "" && !strings.Contains(issuer, "/.well-known/") && l.immich.Has(version.StrictIssuer) {
		l.say(WillFail, "authentik.issuer-global", "", "authentik.provider.issuer_mode", "the provider's issuer is authentik's address alone, and Immich compares it with "+issuer,
			"use per_provider, or end Immich's issuer in .well-known/openid-configuration")
	}
}

// algorithm: HS256 is what a provider without a key signs with.
func (l *look) algorithm() {
	algorithm := l.oauthText("signingAlgorithm", "RS256")
	if algorithm == "HS256" && l.providerText("signing_key") != "" {
		l.say(WillFail, "authentik.signing-algorithm", "", oauthPath+"signingAlgorithm", "the provider signs with its key, and Immich expects HS256", "write RS256, or take the signing key out")
	}
}
