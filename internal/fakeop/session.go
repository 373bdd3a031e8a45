package fakeop

import (
	"net/http"
	"time"
)

const (
	sessionCookie = "authentik_session"
	csrfCookie    = "authentik_csrf"
)

// known is the session of a browser, or nil.
func (s *Server) known(r *http.Request) *session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	known := s.state.sessions[c.Value]
	if known != nil && known.user != nil && !known.user.active && !s.faults[inactiveAllowed] {
		known.user = nil // a session does not outlive the deactivation of its user
	}
	return known
}

// session finds the session of a browser, or starts one and sets the cookies.
func (s *Server) session(w http.ResponseWriter, r *http.Request) *session {
	if known := s.known(r); known != nil {
		return known
	}
	started := &session{id: randomHex(32), key: randomHex(32), since: time.Now()}
	s.state.sessions[started.id] = started
	setCookie(w, r, sessionCookie, started.id, !s.faults[cookieReadable])
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
