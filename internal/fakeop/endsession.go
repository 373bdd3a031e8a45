package fakeop

import (
	"net/http"

	"github.com/ssoproof/ssoproof/internal/version"
)

// endSession runs the provider's invalidation flow. With the default one authentik's own session lives on.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request, p, app object) {
	to := r.FormValue("post_logout_redirect_uri")
	session := s.session(w, r)
	switch {
	case s.faults[endSessionMissing]:
		http.NotFound(w, r)
	case to != "" && s.faults[postLogoutAnywhere]:
		redirect(w, to)
	case !s.has(version.InvalidationFlow):
		redirect(w, "/if/session-end/"+app.text("slug")+"/")
	case session.plan != nil && s.has(version.EndSessionWaits):
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><body>Logout successful</body></html>")) // fails only if the client has gone
	case session.user == nil:
		s.sendToLogin(w, r, session, p)
	case to != "" && s.has(version.PostLogoutURI) && !(r.FormValue("id_token_hint") != "" && s.registeredForLogout(p, to)):
		s.errorPage(w, "Bad Request", "The request fails due to a missing, invalid, or mismatching redirection URI.")
	default:
		s.invalidate(w, session, p, app)
	}
}

func (s *Server) invalidate(w http.ResponseWriter, session *session, p, app object) {
	slug := s.state.flowSlug(p["invalidation_flow"])
	if slug == "" {
		slug = s.state.flowSlug(s.state.brands[0]["flow_invalidation"])
	}
	stages := []stage{sessionEnd}
	if slug == flowLogout {
		stages = []stage{logOut, sessionEnd}
	}
	session.plan = &plan{slug: slug, stages: stages, app: app}
	redirect(w, "/if/flow/"+slug+"/")
}

// registeredForLogout reports whether an address stands among a provider's entries of the type logout.
func (s *Server) registeredForLogout(p object, to string) bool {
	list, _ := p["redirect_uris"].([]any)
	for _, item := range list {
		entry, _ := item.(object)
		if entry.text("redirect_uri_type") == "logout" && entry.text("url") == to {
			return true
		}
	}
	return false
}
