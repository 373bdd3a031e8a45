package fakeop

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"

	"github.com/ssoproof/ssoproof/internal/version"
)

// routeLibrary serves a person's applications: the page, and what it asks for with the cookies of the session.
func (s *Server) routeLibrary() {
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { redirect(w, "/if/user/") })
	s.mux.HandleFunc("GET /if/user/{$}", func(w http.ResponseWriter, r *http.Request) {
		if s.session(w, r).user == nil {
			redirect(w, "/flows/-/default/authentication/?next="+url.QueryEscape(r.URL.RequestURI()))
			return
		}
		// From 2025.10 on tiles are part of the library's own tree, and one link each.
		render(w, http.StatusOK, "library.html", map[string]any{"OwnTiles": s.has(version.LogoutFields)})
	})
	s.mux.HandleFunc("GET /api/v3/core/applications/{$}", s.library)
}

// library lists the applications that the person of a session may use, with the addresses of their tiles; to an
// administrator's token all there are.
func (s *Server) library(w http.ResponseWriter, r *http.Request) {
	if token := bearer(r); token != "" && token == s.options.BootstrapToken && r.URL.Query().Get("superuser_full_list") == "true" {
		writeList(w, s.state.applications)
		return
	}
	session := s.known(r)
	if session == nil || session.user == nil {
		writeDetail(w, http.StatusForbidden, "Authentication credentials were not provided.")
		return
	}
	var tiles []object
	for _, app := range s.state.applications {
		if s.mayUse(r, session.user, app) {
			tile := maps.Clone(app)
			tile["launch_url"] = cmp.Or(app.text("meta_launch_url"), s.guessedLaunchURL(app))
			if s.faults[tileElsewhere] {
				tile["launch_url"] = withoutPath(tile.text("launch_url"))
			}
			tiles = append(tiles, tile)
		}
	}
	writeList(w, tiles)
}

// guessedLaunchURL is the first redirect URI without its path.
func (s *Server) guessedLaunchURL(app object) string {
	list, _ := s.state.providerOf(app)["redirect_uris"].([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(object)
	return withoutPath(first.text("url"))
}

func withoutPath(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
}
