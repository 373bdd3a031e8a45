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
	sessionForgotten    = "session-forgotten"
	promptIgnored       = "prompt-none-ignored"
	wrongIssuer         = "answer-iss-wrong"
	errorStateless      = "error-without-state"
	unknownClient       = "unknown-client-redirected"
	methodIgnored       = "challenge-method-ignored"
	nonceLost           = "nonce-lost"
	cookieReadable      = "session-cookie-readable"
	portIgnored         = "port-ignored"
	hostSuffix          = "host-suffix-accepted"
	caseIgnored         = "case-ignored"
	blankTrimmed        = "blank-trimmed"
	normalised          = "redirect-normalised"
	trustsSession       = "session-trusts-redirect"
	secondAudience      = "second-audience"
	usernameMissing     = "no-preferred-username"
	tokenTypeMissing    = "no-token-type"
	secretIgnored       = "secret-ignored"
	postRefused         = "secret-in-body-refused"
	challengeVerifies   = "challenge-as-verifier"
	verifierOptional    = "verifier-not-needed"
	downgrade           = "downgrade-accepted"
	codeOfAnother       = "code-of-another-client"
	codeForAnyone       = "code-never-issued-accepted"
	redirectIgnored     = "token-redirect-ignored"
	codeLivesDay        = "code-lives-a-day"
	codeDiesEarly       = "code-lives-three-seconds"
	userinfoOpen        = "userinfo-open"
	userinfoExpired     = "userinfo-expired-token"
	consentForAll       = "consent-of-anybody"
	consentForAny       = "consent-for-any-scope"
	inactiveAllowed     = "deactivated-user-let-in"
	inactiveToken       = "deactivated-user-keeps-token"
	bindingIgnored      = "binding-ignored"
	postLogoutAnywhere  = "post-logout-anywhere"
	signOutFails        = "sign-out-keeps-session"
	clockLate           = "clock-late"
)

// Faults lists every fault that the double can be given.
func Faults() []Fault {
	return append([]Fault{
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
		{sessionForgotten, "A session outlives the authorization that it was started for."},
		{promptIgnored, "With prompt=none nobody is asked to log in."},
		{wrongIssuer, "An iss in the answer is the issuer."},
		{errorStateless, "An error comes back with the state."},
		{unknownClient, "A client that nobody knows gets an error page, never a redirect."},
		{methodIgnored, "A challenge by an unknown method is refused."},
		{nonceLost, "The nonce of a request stands in its ID token."},
		{cookieReadable, "The session's cookie is out of reach of scripts."},
		{portIgnored, "A port is part of a redirect URI."},
		{hostSuffix, "Only the registered host is a redirect URI's, and none that ends like it."},
		{caseIgnored, "A redirect URI is compared letter by letter, capitals included."},
		{blankTrimmed, "A redirect URI is compared as it was sent, blanks included."},
		{normalised, "A redirect URI is compared as it was sent, before dots and encodings are resolved."},
		{trustsSession, "A redirect URI that is not registered is refused for somebody who is signed in as well."},
		{secondAudience, "The client is the only audience of an ID token."},
		{usernameMissing, "The scope profile yields the claim preferred_username."},
		{tokenTypeMissing, "The token response names its type."},
		{secretIgnored, "A client redeems a code with its own secret only."},
		{postRefused, "A client may send its secret in the body."},
		{challengeVerifies, "A challenge by S256 is not its own verifier."},
		{verifierOptional, "A code that was asked for with a challenge is not redeemed without a verifier."},
		{downgrade, "A code that was asked for without a challenge is not redeemed with a verifier."},
		{codeOfAnother, "A code is redeemed only by the client that asked for it."},
		{codeForAnyone, "A code that was never issued is refused."},
		{redirectIgnored, "A code is redeemed only with a registered redirect URI."},
		{codeLivesDay, "A code lives as long as the provider says."},
		{codeDiesEarly, "A code is good until its time is over."},
		{userinfoOpen, "Userinfo is refused without a token that was issued."},
		{userinfoExpired, "An access token is good until its time is over, and no longer."},
		{consentForAll, "Consent is each person's own."},
		{consentForAny, "Consent holds for the scopes that were shown."},
		{inactiveAllowed, "A deactivated user is not logged in."},
		{inactiveToken, "The tokens of a user end with the deactivation."},
		{bindingIgnored, "Only who is bound to an application may use it."},
		{postLogoutAnywhere, "After a logout nobody is sent to an address that is not registered."},
		{signOutFails, "Who signs out of authentik is signed out."},
		{clockLate, "Both products know what time it is."},
	}, libraryFaults()...)
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
