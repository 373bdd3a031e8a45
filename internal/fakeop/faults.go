package fakeop

import "fmt"

// Fault is a named deviation from the product.
type Fault struct {
	Name        string
	Requirement string // the sentence that it breaks
}

// The names of the faults.
const (
	looseMatch          = "loose-match"
	refuseAppURI        = "refuse-app-uri"
	javascriptAccepted  = "javascript-accepted"
	errorRedirects      = "error-redirects-instead-of-page"
	noConsent           = "no-consent"
	consentForgotten    = "consent-never-remembered"
	codeLost            = "code-lost-in-redirect"
	stateAltered        = "state-altered"
	issuerWithoutSlash  = "issuer-without-slash"
	encryptionAnnounced = "id-token-encrypted"
	pkceHidden          = "pkce-not-advertised"
	endSessionMissing   = "end-session-missing"
	wrongAlgorithm      = "wrong-alg"
	otherKey            = "jwks-other-key"
	emailMissing        = "missing-email-claim"
	subDiffers          = "sub-differs-between-id-token-and-userinfo"
	expiredToken        = "expired-id-token"
	wrongAudience       = "wrong-aud"
	codeReusable        = "code-reusable"
	verifierIgnored     = "verifier-ignored"
	settingsLost        = "settings-not-kept"
)

// Faults lists every fault that the double can be given.
func Faults() []Fault {
	return []Fault{
		{looseMatch, "A strict redirect URI is compared by string equality: nothing may follow it."},
		{refuseAppURI, "A registered redirect URI of the mobile app is accepted."},
		{javascriptAccepted, "A redirect URI with the scheme javascript is refused, registered or not."},
		{errorRedirects, "A redirect URI that is not registered is answered with an error page, never with a redirect to it."},
		{noConsent, "With the explicit-consent flow the user is asked for consent."},
		{consentForgotten, "Consent that was given once for an application and a set of scopes is not asked for again."},
		{codeLost, "The redirect to the client carries the authorization code."},
		{stateAltered, "The redirect to the client carries the state exactly as it was sent."},
		{issuerWithoutSlash, "The issuer is the documented URL with its trailing slash."},
		{encryptionAnnounced, "Without an encryption key nothing is said to be encrypted."},
		{pkceHidden, "Discovery advertises PKCE with S256."},
		{endSessionMissing, "Discovery names an end-session endpoint."},
		{wrongAlgorithm, "The ID token is signed with the algorithm that discovery announces."},
		{otherKey, "The ID token's signature verifies with the published keys."},
		{emailMissing, "The scope email yields the claim email."},
		{subDiffers, "The ID token and userinfo name the same subject."},
		{expiredToken, "An ID token is valid when it is issued."},
		{wrongAudience, "The audience of an ID token is the client that asked for it."},
		{codeReusable, "An authorization code can be redeemed once."},
		{verifierIgnored, "A code that was asked for with a challenge is redeemed only with its verifier."},
		{settingsLost, "Every setting that is written is read back as written."},
	}
}

// SetFault switches a fault on or off, at any time.
func (s *Server) SetFault(name string, on bool) error {
	for _, f := range append(Faults(), UpgradeFaults()...) {
		if f.Name == name {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.faults[name] = on
			return nil
		}
	}
	return fmt.Errorf("the double of authentik knows no fault %q", name)
}
