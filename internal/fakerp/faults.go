package fakerp

import (
	"fmt"
	"slices"
)

// Fault is a named deviation from the product.
type Fault struct {
	Name        string
	Requirement string // the sentence that it breaks
}

// The names of the faults.
const (
	sessionSurvives    = "session-survives-logout"
	logoutStays        = "logout-not-sent-to-end-session"
	linkIgnored        = "link-ignored"
	linkTaken          = "link-taken-accepted"
	linkNotBegun       = "link-refused-at-authorize"
	unlinkIgnored      = "unlink-keeps-oauthid"
	secondAccount      = "second-account-on-existing-email"
	oauthIDLost        = "oauthid-not-stored"
	nameDropped        = "name-dropped"
	handoffDropsQuery  = "mobile-redirect-drops-query"
	handoffScheme      = "mobile-redirect-wrong-scheme"
	overrideHalf       = "override-only-at-authorize"
	overrideIgnored    = "override-ignored"
	redirectAltered    = "redirect-uri-altered"
	autoLaunchLoops    = "autolaunch-loops"
	autoLaunchIgnored  = "autolaunch-ignored"
	stateIgnored       = "callback-accepts-wrong-state"
	cookiesMissing     = "cookies-not-set"
	tokenHeaderIgnored = "token-header-ignored"
	noOnboarding       = "no-onboarding"
	settingsLost       = "settings-not-kept"
	serverInfoGone     = "server-info-gone"
	launchIgnored      = "launch-request-ignored"
	logoutUnsigned     = "logout-token-signature-ignored"
	logoutStale        = "logout-token-age-ignored"
	logoutAudience     = "logout-token-audience-ignored"
	logoutIssuer       = "logout-token-issuer-ignored"
	logoutEvents       = "logout-token-events-ignored"
	logoutNonce        = "logout-token-nonce-ignored"
	logoutNobody       = "logout-token-of-nobody-accepted"
	logoutDeaf         = "logout-token-ends-nothing"
	logoutEverywhere   = "logout-token-ends-every-session"
	logoutNamesakes    = "logout-token-ends-namesakes"
	endUntold          = "session-end-not-told"
	launchTold         = "auto-launch-told-wrong"
)

// Faults lists every fault that the double can be given.
func Faults() []Fault {
	return append([]Fault{
		{sessionSurvives, "After logout the session is dead on the server."},
		{logoutStays, "Logout after an OAuth login sends the browser to the discovered end-session endpoint."},
		{linkIgnored, "Linking binds the identity to the account."},
		{linkTaken, "An identity that belongs to another account cannot be linked."},
		{linkNotBegun, "Authorize takes the redirect URI of the user settings."},
		{unlinkIgnored, "Unlinking takes the identity off the account."},
		{secondAccount, "A login with the e-mail of a local account binds that account and makes no second one."},
		{oauthIDLost, "After a login the account holds the subject of the ID token."},
		{nameDropped, "A new account has the name that the claims give."},
		{handoffDropsQuery, "The hand-off to the app keeps the query byte for byte."},
		{handoffScheme, "The hand-off goes to the app's own URI."},
		{overrideHalf, "The mobile redirect override is used in the token request as well as in authorize."},
		{overrideIgnored, "The mobile redirect override is used in authorize."},
		{redirectAltered, "The redirect URI that the client asked for is sent to the OpenID Provider unchanged."},
		{autoLaunchLoops, "autoLaunch=0 always reaches the login form."},
		{autoLaunchIgnored, "With auto-launch on, the login page starts the login by itself."},
		{stateIgnored, "A callback with another state than the one that was sent is refused."},
		{cookiesMissing, "A login through the OpenID Provider sets the session cookies."},
		{tokenHeaderIgnored, "The token in the header x-immich-user-token authenticates."},
		{noOnboarding, "A new user is led to the onboarding page, where the release has one for users."},
		{settingsLost, "Every setting that is written is read back as written."},
		{serverInfoGone, "A release before v1.118.0 answers below /api/server-info, where the apps of its time ask."},
		{launchIgnored, "With autoLaunch=1 in its address, the login page starts the login by itself."},
		{logoutUnsigned, "A logout token is taken only with a signature of the OpenID Provider's."},
		{logoutStale, "A logout token is taken only for a short time after it was issued."},
		{logoutAudience, "A logout token is taken only where it is meant for this client."},
		{logoutIssuer, "A logout token is taken only from the OpenID Provider that is configured."},
		{logoutEvents, "A token is a logout token only with the event of a logout."},
		{logoutNonce, "A token with a nonce is not a logout token."},
		{logoutNobody, "A logout token names a person or a session."},
		{logoutDeaf, "A good logout token ends the session that it names."},
		{logoutEverywhere, "A logout token that names a session ends no other."},
		{logoutNamesakes, "A logout token ends the sessions of the person that it names, nobody else's."},
		{endUntold, "An open page of a session that ends is told so."},
		{launchTold, "The pages are told whether auto-launch is on."},
	}, slices.Concat(accountFaults(), loginFaults())...)
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
	return fmt.Errorf("the double of Immich knows no fault %q", name)
}

func (s *Server) faulty(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults[name]
}
