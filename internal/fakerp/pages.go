package fakerp

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/version"
)

//go:embed pages
var pageFiles embed.FS

// routePages serves the one page whose script plays all of them, as the product's single-page application does.
func (s *Server) routePages() {
	s.mux.HandleFunc("GET /_app/immutable/app.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=604800, immutable")
		http.ServeFileFS(w, r, pageFiles, "pages/app.js")
	})
	s.mux.HandleFunc(socketRoute, s.socket)
	s.mux.HandleFunc("/", s.page)
}

func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	places := s.places()
	page, err := template.ParseFS(pageFiles, "pages/app.html")
	var body bytes.Buffer
	if err == nil {
		err = page.Execute(&body, map[string]any{
			"LogoutPage":         s.has(version.LogoutPage),
			"AvatarTitle":        s.has(version.AvatarTitle),
			"Server":             places[len(places)-1],
			"LaunchOnRequest":    s.has(version.LaunchOnRequest) && !s.faulty(launchIgnored),
			"AutoLaunchLoops":    s.faulty(autoLaunchLoops),
			"AutoLaunchIgnored":  s.faulty(autoLaunchIgnored),
			"SkipLoginWhenKnown": s.has(version.KnownSkipLogin),
			"PasswordFormHidden": s.faulty(formHidden),
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body.Bytes()) // fails only if the client has gone
}
