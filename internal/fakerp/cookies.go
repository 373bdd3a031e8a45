package fakerp

import (
	"net/http"
	"time"
)

// The cookies of a session and of an OAuth login under way.
const (
	cookieToken    = "immich_access_token"
	cookieType     = "immich_auth_type"
	cookieIs       = "immich_is_authenticated"
	cookieState    = "immich_oauth_state"
	cookieVerifier = "immich_oauth_code_verifier"
)

const cookieAge = 400 * 24 * time.Hour

// setCookie sets a cookie as the product sets all of them; the one that tells its pages that there is a session is for
// scripts.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, name, value string) {
	c := http.Cookie{
		Name: name, Value: value, Path: "/", SameSite: http.SameSiteLaxMode, HttpOnly: name != cookieIs, MaxAge: int(cookieAge.Seconds()),
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	}
	underWay := name == cookieState || name == cookieVerifier
	switch {
	case name == cookieToken && s.faulty(tokenReadable), underWay && s.faulty(stateReadable):
		c.HttpOnly = false
	case underWay && s.faulty(stateShort):
		c.MaxAge = 20
	case !underWay && s.faulty(sessionShort):
		c.MaxAge = 3600
	}
	if s.faulty(cookiesPlain) {
		c.Secure = false
	}
	http.SetCookie(w, &c)
}

func dropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", Expires: time.Unix(0, 0)})
}
