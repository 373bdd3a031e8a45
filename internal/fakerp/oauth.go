package fakerp

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// appURI is where the mobile app waits for the end of a login.
const appURI = "app.immich:///oauth-callback"

// appForm is what the override replaces; app.immich:/ alone, the app's URI of old, is not.
var appForm = regexp.MustCompile(`app\.immich:/+oauth-callback`)

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
	op, err := s.discover(r.Context(), oauth)
	if err != nil {
		return err
	}
	redirectURI := body.text("redirectUri")
	if !s.faulty(overrideIgnored) {
		redirectURI = overridden(oauth, redirectURI)
	}
	if s.faulty(redirectAltered) {
		redirectURI += "/"
	}
	state, challenge, verifier := body.text("state"), body.text("codeChallenge"), "j:null" // null, as the cookie's writer puts it
	if state == "" {
		state = randomToken()
	}
	if challenge == "" {
		verifier = randomToken()
		sum := sha256.Sum256([]byte(verifier))
		challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	query := parameters{{"redirect_uri", redirectURI}, {"scope", oauth.text("scope")}, {"state", state}}
	if prompt := oauth.text("prompt"); prompt != "" {
		query = append(query, [2]string{"prompt", prompt})
	}
	if s.has(version.PKCE) {
		if slices.Contains(op.ChallengeMethods, "S256") {
			query = append(query, [2]string{"code_challenge", challenge}, [2]string{"code_challenge_method", "S256"})
		}
		setCookie(w, r, cookieState, url.QueryEscape(state), true)
		setCookie(w, r, cookieVerifier, url.QueryEscape(verifier), true)
	}
	query = append(query, [2]string{"client_id", oauth.text("clientId")}, [2]string{"response_type", "code"})
	writeJSON(w, http.StatusCreated, object{"url": query.onto(op.AuthorizationEndpoint)})
	return nil
}

func (s *Server) callback(w http.ResponseWriter, r *http.Request) error {
	oauth := s.store.settings("oauth")
	if !oauth.on("enabled") {
		return refuse(http.StatusBadRequest, "OAuth is not enabled")
	}
	answer, err := s.readAnswer(r)
	if err != nil {
		return err
	}
	if !s.faulty(overrideHalf) && !s.faulty(overrideIgnored) {
		answer.url = overridden(oauth, answer.url)
	}
	p, err := s.profile(r.Context(), oauth, answer)
	if err != nil {
		return err
	}
	u, err := s.admit(oauth, p)
	if err != nil {
		return err
	}
	dropCookie(w, r, cookieState)
	dropCookie(w, r, cookieVerifier)
	s.loggedIn(w, r, u, session{userID: u.id, idToken: p.idToken, sid: p.sid}, typeOAuth)
	return nil
}

func (s *Server) link(w http.ResponseWriter, r *http.Request, c caller) error {
	answer, err := s.readAnswer(r)
	if err != nil {
		return err
	}
	p, err := s.profile(r.Context(), s.store.settings("oauth"), answer)
	if err != nil {
		return err
	}
	if other, ok := s.store.get(byOAuthID(p.Subject)); ok && other.id != c.user.id && !s.faulty(linkTaken) {
		return refuse(http.StatusBadRequest, "This OAuth account has already been linked to another user.")
	}
	u, _ := s.store.update(c.user.id, func(u *user) {
		if !s.faulty(linkIgnored) {
			u.oauthID = p.Subject
		}
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
			u.oauthID = ""
		}
	})
	writeJSON(w, http.StatusOK, userView(u))
	return nil
}

// mobileRedirect hands a login over to the app: the query goes on as it came, up to a second question mark.
func (s *Server) mobileRedirect(w http.ResponseWriter, r *http.Request) error {
	query, _, _ := strings.Cut(r.URL.RawQuery, "?")
	if s.faulty(handoffDropsQuery) {
		query = ""
	}
	to := appURI
	if s.faulty(handoffScheme) {
		to = "immich:///oauth-callback"
	}
	w.Header().Set("Location", to+"?"+query)
	w.WriteHeader(http.StatusTemporaryRedirect)
	return nil
}

// answer is what a client brings back from the OpenID Provider.
type opAnswer struct {
	url      string
	state    string // that was expected
	verifier string
}

// readAnswer takes state and verifier from the body, else from the cookies.
func (s *Server) readAnswer(r *http.Request) (opAnswer, error) {
	body, err := readBody(r)
	if err != nil {
		return opAnswer{}, err
	}
	if err := texts(body, "url"); err != nil {
		return opAnswer{}, err
	}
	answer := opAnswer{url: body.text("url"), state: body.text("state"), verifier: body.text("codeVerifier")}
	if !s.has(version.PKCE) {
		answer.state, answer.verifier = stateOf(answer.url), ""
		return answer, nil
	}
	if _, given := body["state"]; !given {
		answer.state = cookieText(r, cookieState)
	}
	if _, given := body["codeVerifier"]; !given {
		answer.verifier = cookieText(r, cookieVerifier)
	}
	if answer.state == "" {
		return opAnswer{}, refuse(http.StatusBadRequest, "OAuth state is missing")
	}
	if answer.verifier == "" {
		return opAnswer{}, refuse(http.StatusBadRequest, "OAuth code verifier is missing")
	}
	if s.faulty(stateIgnored) {
		answer.state = stateOf(answer.url)
	}
	return answer, nil
}

func cookieText(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	text, err := url.QueryUnescape(c.Value)
	if err != nil {
		return ""
	}
	return text
}

// queryOf reads the query of a URL of any scheme, textually.
func queryOf(raw string) url.Values {
	_, query, _ := strings.Cut(raw, "?")
	query, _, _ = strings.Cut(query, "#")
	values, _ := url.ParseQuery(query) // what cannot be read is not there
	return values
}

func stateOf(raw string) string { return queryOf(raw).Get("state") }

// overridden replaces the app's URI by the configured one.
func overridden(oauth object, uri string) string {
	replacement := oauth.text("mobileRedirectUri")
	if !oauth.on("mobileOverrideEnabled") || replacement == "" {
		return uri
	}
	return appForm.ReplaceAllLiteralString(uri, replacement)
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
