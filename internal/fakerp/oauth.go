package fakerp

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// appURI is where the mobile app of the same release waits for the end of a login.
func (s *Server) appURI() string {
	apps := s.options.Release.Apps
	return apps[len(apps)-1].RedirectURI
}

func (s *Server) routeOAuth() {
	s.open("POST /oauth/authorize", "Failed to start oauth", s.authorize)
	s.open("POST /oauth/callback", "Failed to finish oauth", s.callback)
	s.own("POST /oauth/link", "Failed to link oauth account", s.link)
	s.own("POST /oauth/unlink", "Failed to unlink oauth account", s.unlink)
	s.open("GET /oauth/mobile-redirect", "", s.mobileRedirect)
	if s.has(version.BackchannelLogout) {
		s.open("POST /oauth/backchannel-logout", "Failed to log out", s.backchannelLogout)
	}
}

func (s *Server) authorize(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if err := texts(body, "redirectUri"); err != nil {
		return err
	}
	oauth := s.store.settings("oauth")
	if !oauth.on("enabled") {
		return refuse(http.StatusBadRequest, "OAuth is not enabled")
	}
	if s.faulty(linkNotBegun) && strings.HasSuffix(body.text("redirectUri"), "/user-settings") {
		return refuse(http.StatusBadRequest, "Bad redirect URI")
	}
	op, err := s.discover(r.Context(), oauth)
	if err != nil {
		return err
	}
	if strings.HasPrefix(op.AuthorizationEndpoint, "http:") && s.secureOnly(oauth) {
		return insecure()
	}
	redirectURI := body.text("redirectUri")
	if !s.faulty(overrideIgnored) {
		redirectURI = s.overridden(oauth, redirectURI)
	}
	if s.faulty(redirectAltered) {
		redirectURI += "/"
	}
	query := parameters{{"redirect_uri", redirectURI}, {"scope", s.scope(oauth)}}
	if s.has(version.PKCE) {
		query = append(query, s.protect(w, r, body, oauth, op)...)
	} else {
		query = append(query, [2]string{"state", randomToken()})
	}
	query = append(query, [2]string{"client_id", oauth.text("clientId")}, [2]string{"response_type", "code"})
	writeJSON(w, http.StatusCreated, object{"url": query.onto(op.AuthorizationEndpoint)})
	return nil
}

func (s *Server) scope(oauth object) string {
	scopes := strings.Fields(oauth.text("scope"))
	if s.faulty(scopeRearranged) {
		slices.Reverse(scopes)
	}
	return strings.Join(scopes, " ")
}

// protect adds state and challenge, the client's own or such as it gets in cookies.
func (s *Server) protect(w http.ResponseWriter, r *http.Request, body, oauth object, op *metadata) parameters {
	state, challenge, verifier := body.text("state"), body.text("codeChallenge"), "j:null" // null, as the cookie's writer puts it
	if state == "" {
		state = s.fresh(stateFixed)
	}
	if challenge == "" {
		verifier = s.fresh(verifierFixed)
		sum := sha256.Sum256([]byte(verifier))
		challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	s.setCookie(w, r, cookieState, url.QueryEscape(state))
	s.setCookie(w, r, cookieVerifier, url.QueryEscape(verifier))
	query := parameters{{"state", state}}
	if prompt := oauth.text("prompt"); prompt != "" && !s.faulty(promptDropped) {
		query = append(query, [2]string{"prompt", prompt})
	}
	if slices.Contains(op.ChallengeMethods, "S256") {
		query = append(query, [2]string{"code_challenge", challenge}, [2]string{"code_challenge_method", "S256"})
	}
	return query
}

// fresh is a random text; with a fault the same one every time.
func (s *Server) fresh(fixed string) string {
	if s.faulty(fixed) {
		return strings.Repeat("always-the-same", 3)[:43]
	}
	return randomToken()
}

// closed says why a code is not redeemed while OAuth is off: some releases look at the end of a login, older ones at that
// of a link as well, and those in between at neither.
func (s *Server) closed(oauth object, linking bool) error {
	switch {
	case oauth.on("enabled"), s.faulty(offIgnored):
		return nil
	case s.has(version.CodeNeedsOAuth):
		return refuse(http.StatusBadRequest, "OAuth2 is not enabled")
	case s.has(version.CallbackNeedsOAuth) && !linking:
		return refuse(http.StatusBadRequest, "OAuth is not enabled")
	}
	return nil
}

func (s *Server) callback(w http.ResponseWriter, r *http.Request) error {
	oauth := s.store.settings("oauth")
	if err := s.closed(oauth, false); err != nil {
		return err
	}
	answer, err := s.readAnswer(r)
	if err != nil {
		return err
	}
	if !s.faulty(overrideHalf) && !s.faulty(overrideIgnored) {
		answer.url = s.overridden(oauth, answer.url)
	}
	p, err := s.profile(r.Context(), oauth, answer)
	if err != nil {
		if s.faulty(refusalDrops) {
			dropCookie(w, cookieState)
			dropCookie(w, cookieVerifier)
		}
		return err
	}
	u, err := s.admit(oauth, p)
	if err != nil {
		return err
	}
	if s.has(version.PKCE) && !s.faulty(stateKept) {
		dropCookie(w, cookieState)
		dropCookie(w, cookieVerifier)
	}
	s.loggedIn(w, r, u, session{userID: u.id, idToken: p.idToken, sid: p.sid}, typeOAuth)
	return nil
}

func (s *Server) link(w http.ResponseWriter, r *http.Request, c caller) error {
	answer, err := s.readAnswer(r)
	if err != nil {
		return err
	}
	oauth := s.store.settings("oauth")
	if err := s.closed(oauth, true); err != nil {
		return err
	}
	if s.has(version.OverridePrefix) {
		answer.url = s.overridden(oauth, answer.url)
	}
	p, err := s.profile(r.Context(), oauth, answer)
	if err != nil {
		return err
	}
	if other, ok := s.store.get(byOAuthID(p.Subject)); ok && other.id != c.user.id && !s.faulty(linkTaken) {
		return refuse(http.StatusBadRequest, "This OAuth account has already been linked to another user.")
	}
	if _, barred := s.store.get(func(u *user) bool { return u.former == p.Subject }); barred && s.faulty(unlinkBars) {
		return refuse(http.StatusBadRequest, "This OAuth account has already been linked to another user.")
	}
	u, _ := s.store.update(c.user.id, func(u *user) {
		if !s.faulty(linkIgnored) {
			u.oauthID = p.Subject
		}
		u.admin = u.admin && !s.faulty(linkDemotes)
	})
	status := http.StatusCreated
	if s.has(version.LinkOK) {
		status = http.StatusOK
	}
	writeJSON(w, status, userView(u))
	return nil
}

func (s *Server) unlink(w http.ResponseWriter, _ *http.Request, c caller) error {
	u, _ := s.store.update(c.user.id, func(u *user) {
		if !s.faulty(unlinkIgnored) {
			u.oauthID, u.former = "", u.oauthID
		}
		u.admin = u.admin && !s.faulty(unlinkDemotes)
		if s.faulty(unlinkPassword) {
			u.password = ""
		}
	})
	status := http.StatusCreated
	if s.has(version.UnlinkOK) {
		status = http.StatusOK
	}
	writeJSON(w, status, userView(u))
	return nil
}

// mobileRedirect hands a login over to the app: the query goes on as it came, up to a second question mark.
func (s *Server) mobileRedirect(w http.ResponseWriter, r *http.Request) error {
	query, _, _ := strings.Cut(r.URL.RawQuery, "?")
	if s.faulty(handoffDropsQuery) {
		query = ""
	}
	to := s.appURI()
	if s.faulty(handoffScheme) {
		to = "immich:///oauth-callback"
	}
	w.Header().Set("Location", to+"?"+query)
	w.WriteHeader(http.StatusTemporaryRedirect)
	return nil
}

// parameters is a query in a given order.
type parameters [][2]string

func (p parameters) onto(endpoint string) string {
	for _, pair := range p {
		endpoint = withQuery(endpoint, pair[0], pair[1])
	}
	return endpoint
}

// withQuery adds one parameter to a URL.
func withQuery(to, name, value string) string {
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return to + separator + name + "=" + url.QueryEscape(value)
}
