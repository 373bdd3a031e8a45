package fakeop

// The names of the faults in what only some pages document: the login's flow, the launch URL, the Logout URI; and in what
// an administrator makes of the claims.
const (
	claimsAsText  = "claims-as-text"
	subjectFixed  = "subject-mode-ignored"
	otherLogin    = "login-by-another-flow"
	tileElsewhere = "tile-leads-elsewhere"
	logoutUnsent  = "logout-token-not-sent"
	logoutOther   = "logout-token-of-another-session"
	logoutNonce   = "logout-token-with-nonce"
)

func libraryFaults() []Fault {
	return []Fault{
		{otherLogin, "Who is not signed in is led through the provider's authentication flow."},
		{tileElsewhere, "The tile in the application library leads to the application's launch URL."},
		{logoutUnsent, "When a session ends, its clients are sent a logout token over the back channel."},
		{logoutOther, "A logout token names the session that has ended."},
		{logoutNonce, "A logout token has no nonce."},
		{claimsAsText, "A claim has the form that its mapping gives it."},
		{subjectFixed, "The subject is the one of the provider's subject mode."},
	}
}
