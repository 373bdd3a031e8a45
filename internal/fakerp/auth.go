package fakerp

import (
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

const (
	loginURL   = "/auth/login?autoLaunch=0"
	typeOAuth  = "oauth"
	typeForm   = "password"
	notAUser   = "Incorrect email or password"
	adminLabel = "admin"
)

func (s *Server) routeAuth() {
	s.open("POST /auth/admin-sign-up", "Failed to sign up admin", s.signUp)
	s.open("POST /auth/login", "Failed to login", s.login)
	s.own("POST /auth/logout", "Failed to logout", s.logout)
	s.own("POST /auth/validateToken", "Failed to validate access token", func(w http.ResponseWriter, _ *http.Request, _ caller) error {
		writeJSON(w, http.StatusOK, object{"authStatus": true})
		return nil
	})
}

func (s *Server) signUp(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if err := texts(body, "email", "password", "name"); err != nil {
		return err
	}
	if len(s.store.all()) > 0 {
		return refuse(http.StatusBadRequest, "The server already has an admin")
	}
	u, err := s.store.create(user{
		email: strings.ToLower(body.text("email")), password: body.text("password"), name: body.text("name"), admin: true, storageLabel: adminLabel,
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, userView(u))
	return nil
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if err := texts(body, "email", "password"); err != nil {
		return err
	}
	if !s.store.settings("passwordLogin").on("enabled") && !s.faulty(passwordAnyway) {
		return refuse(http.StatusUnauthorized, "Password login has been disabled")
	}
	u, ok := s.store.get(func(u *user) bool { return sameEmail(u.email, body.text("email")) })
	if !ok || u.password == "" || u.password != body.text("password") {
		return refuse(http.StatusUnauthorized, notAUser)
	}
	s.loggedIn(w, r, u, session{userID: u.id}, typeForm)
	return nil
}

// loggedIn opens a session and answers as both ways to log in do.
func (s *Server) loggedIn(w http.ResponseWriter, r *http.Request, u user, opened session, kind string) {
	if s.faulty(loginEndsOthers) {
		s.store.end(func(one session) bool { return one.userID == u.id })
	}
	opened = s.store.start(opened)
	if kind != typeOAuth || !s.faulty(cookiesMissing) {
		s.setCookie(w, r, cookieToken, opened.token)
		s.setCookie(w, r, cookieType, kind)
		s.setCookie(w, r, cookieIs, "true")
	}
	answer := object{
		"accessToken": opened.token, "userId": u.id, "userEmail": u.email, "name": u.name, "profileImagePath": "",
		"isAdmin": u.admin, "shouldChangePassword": u.changePassword,
	}
	if s.onboards() {
		answer["isOnboarded"] = u.onboarded || s.faulty(noOnboarding)
	}
	writeJSON(w, http.StatusCreated, answer)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, c caller) error {
	if !s.faulty(sessionSurvives) {
		ended := s.store.end(func(one session) bool {
			return one.token == c.session.token || s.faulty(logoutEndsAll) && one.userID == c.user.id
		})
		s.tellPages(ended)
	}
	to, err := s.logoutURL(r, c)
	if err != nil {
		return err // the session is gone, the cookies are not: as in the product
	}
	if !s.faulty(cookiesKept) {
		for _, name := range []string{cookieToken, cookieType, cookieIs} {
			dropCookie(w, name)
		}
	}
	writeJSON(w, http.StatusOK, object{"successful": true, "redirectUri": to})
	return nil
}

// logoutURL is where the browser goes after a logout: to the OpenID Provider if that is where it came from.
func (s *Server) logoutURL(r *http.Request, c caller) (string, error) {
	oauth := s.store.settings("oauth")
	kind, err := r.Cookie(cookieType)
	if err != nil || kind.Value != typeOAuth && !s.faulty(endsEverybody) || !oauth.on("enabled") || s.faulty(logoutStays) {
		return loginURL, nil
	}
	to := oauth.text("endSessionEndpoint")
	if to == "" || s.faulty(endSessionIgnored) {
		op, err := s.discover(r.Context(), oauth)
		if err != nil {
			return "", err
		}
		to = op.EndSessionEndpoint
	}
	if to == "" {
		return loginURL, nil
	}
	if s.has(version.IDTokenHint) && c.session.idToken != "" {
		to = withQuery(to, "id_token_hint", c.session.idToken)
	}
	return to, nil
}
