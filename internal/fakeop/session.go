package fakeop

import (
	"net/http"
	"time"
)

const (
	sessionCookie = "authentik_session"
	csrfCookie    = "authentik_csrf"
)

// session finds the session of a browser, or starts one and sets the cookies.
func (s *Server) session(w http.ResponseWriter, r *http.Request) *session {
	if c, err := r.Cookie(sessionCookie); err == nil {
		if known := s.state.sessions[c.Value]; known != nil {
			return known
		}
	}
	started := &session{id: randomHex(32), since: time.Now()}
	s.state.sessions[started.id] = started
	setCookie(w, r, sessionCookie, started.id, true)
	setCookie(w, r, csrfCookie, randomHex(32), false)
	return started
}

// setCookie sets a session cookie as Django does for the scheme of the request.
func setCookie(w http.ResponseWriter, r *http.Request, name, value string, httpOnly bool) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: httpOnly, SameSite: http.SameSiteLaxMode}
	if secure(r) {
		c.Secure, c.SameSite = true, http.SameSiteNoneMode
	}
	http.SetCookie(w, c)
}
