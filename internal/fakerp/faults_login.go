package fakerp

// The names of the faults of a login's request, answer, cookies and tokens, and of the settings and rights that govern it.
const (
	stateFixed        = "state-always-same"
	verifierFixed     = "verifier-always-same"
	stateOptional     = "answer-without-state-taken"
	linkAnyState      = "link-accepts-any-state"
	answerIssuer      = "answer-issuer-ignored"
	scopeRearranged   = "scope-rearranged"
	promptDropped     = "prompt-not-sent"
	tokenReadable     = "access-token-readable"
	stateReadable     = "state-cookie-readable"
	stateShort        = "state-cookie-short"
	stateKept         = "state-cookie-kept"
	sessionShort      = "session-cookies-short"
	cookiesPlain      = "cookies-over-http"
	cookiesKept       = "logout-keeps-cookies"
	endsEverybody     = "password-sent-to-end-session"
	endSessionIgnored = "end-session-setting-ignored"
	refusalDrops      = "refusal-drops-state"
	offIgnored        = "off-ignored-at-callback"
	registersAnyway   = "auto-register-ignored"
	formHidden        = "password-form-missing"
	passwordAnyway    = "password-off-ignored"
	idTokenIssuer     = "id-token-issuer-ignored"
	idTokenAudience   = "id-token-audience-ignored"
	idTokenTime       = "id-token-time-ignored"
	idTokenAlgorithm  = "id-token-algorithm-ignored"
	idTokenSignature  = "id-token-signature-ignored"
	idTokenNonce      = "id-token-nonce-ignored"
	idTokenHoles      = "id-token-claims-optional"
	tokenType         = "token-type-ignored"
	adminOpen         = "admin-api-open"
)

func loginFaults() []Fault {
	return []Fault{
		{stateFixed, "The state of each login is a fresh one."},
		{verifierFixed, "The verifier of each login is a fresh one."},
		{stateOptional, "An answer without a state, or to a browser that has none, is refused."},
		{linkAnyState, "A link is refused with another state than the one that was sent."},
		{answerIssuer, "An answer whose iss is not the issuer is refused."},
		{scopeRearranged, "The configured scope is sent as it stands."},
		{promptDropped, "The configured prompt is sent."},
		{tokenReadable, "The session's token is out of reach of scripts."},
		{stateReadable, "State and verifier of a login under way are out of reach of scripts."},
		{stateShort, "State and verifier are there until the person is back."},
		{stateKept, "State and verifier are dropped at the end of their login."},
		{sessionShort, "A session's cookies stay for 400 days."},
		{cookiesPlain, "Over https, cookies are for https alone."},
		{cookiesKept, "A logout drops the session's cookies."},
		{endsEverybody, "Who logged in by password is not sent to the OpenID Provider after the logout."},
		{endSessionIgnored, "The configured end-session endpoint is used in the place of the discovered one."},
		{refusalDrops, "A refused answer leaves another login under way as it is."},
		{offIgnored, "Where the release looks, a login that is under way ends when OAuth is switched off."},
		{registersAnyway, "Without auto-registration nobody new gets an account."},
		{formHidden, "The login page has its password form beside OAuth."},
		{passwordAnyway, "While password login is off no password opens an account."},
		{idTokenIssuer, "An ID token is of the issuer."},
		{idTokenAudience, "An ID token is for this client."},
		{idTokenTime, "An ID token is good for its time."},
		{idTokenAlgorithm, "An ID token is signed by the configured algorithm."},
		{idTokenSignature, "Up to v1.131 an ID token is signed with a published key."},
		{idTokenNonce, "An ID token holds no nonce that nobody sent."},
		{idTokenHoles, "An ID token has all that it must have."},
		{tokenType, "A token response says that its token is of the type Bearer."},
		{adminOpen, "The administrators' part of the API is closed to others."},
	}
}
