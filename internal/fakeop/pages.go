package fakeop

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/version"
)

//go:embed pages
var pageFiles embed.FS

// render answers with one of the embedded pages.
func render(w http.ResponseWriter, status int, name string, data any) {
	page, err := template.ParseFS(pageFiles, "pages/"+name)
	var body bytes.Buffer
	if err == nil {
		err = page.Execute(&body, data)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // fails only if the client has gone
}

// flowPage is the page that runs a flow by script.
func (s *Server) flowPage(w http.ResponseWriter, r *http.Request) {
	f := find(s.state.flows, "slug", r.PathValue("slug"))
	if f == nil {
		http.NotFound(w, r)
		return
	}
	s.session(w, r)
	// Releases with the direct way to the login are also those that mark the heading for tests.
	render(w, http.StatusOK, "flow.html", map[string]any{"Slug": f.text("slug"), "Title": f.text("title"), "MarkedHeading": s.has(version.DirectLogin), "Family": s.options.Release.Line})
}

func (s *Server) errorPage(w http.ResponseWriter, title, text string) {
	render(w, http.StatusBadRequest, "message.html", map[string]any{"Title": title, "Text": text, "Family": s.options.Release.Line})
}

func (s *Server) sessionEndPage(w http.ResponseWriter, r *http.Request) {
	app := find(s.state.applications, "slug", r.PathValue("slug"))
	if app == nil {
		http.NotFound(w, r)
		return
	}
	render(w, http.StatusOK, "message.html", map[string]any{"Title": "You've logged out of " + app.text("name") + ".", "Text": "You are still logged in to authentik.", "Family": s.options.Release.Line, "Logout": "/flows/-/default/invalidation/"})
}
