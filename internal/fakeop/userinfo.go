package fakeop

import (
	"net/http"
	"slices"
	"time"
)

// userinfo gives the claims of an access token.
func (s *Server) userinfo(w http.ResponseWriter, r *http.Request) {
	g := s.accessOf(r)
	switch {
	case g == nil:
		w.Header().Set("WWW-Authenticate", `error="invalid_token", error_description="The access token is invalid"`)
		w.WriteHeader(http.StatusUnauthorized)
	case !slices.Contains(g.scopes, "openid"):
		w.Header().Set("WWW-Authenticate", `error="insufficient_scope", error_description="The scope openid is missing"`)
		w.WriteHeader(http.StatusForbidden)
	default:
		claims := s.mapped(r, g.client, g.user, g.scopes)
		claims["sub"] = s.subject(g)
		if s.faults[subDiffers] {
			claims["sub"] = "not-" + claims.text("sub")
		}
		writeJSON(w, http.StatusOK, claims)
	}
}

// accessOf is what the access token of a request stands for, until its time is over; nil: nothing.
func (s *Server) accessOf(r *http.Request) *grant {
	token := bearer(r)
	if token == "" {
		token = r.FormValue("access_token")
	}
	g := s.state.tokens[token]
	switch {
	case g == nil && s.faults[userinfoOpen]:
		return &grant{user: s.state.users[0], client: s.state.providers[0], scopes: []string{"openid"}}
	case g == nil, time.Now().After(g.expires) && !s.faults[userinfoExpired]:
		return nil
	}
	return g
}
