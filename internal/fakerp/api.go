package fakerp

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// caller is who made a request.
type caller struct {
	user    user
	session session
}

type (
	openHandler func(http.ResponseWriter, *http.Request) error
	ownHandler  func(http.ResponseWriter, *http.Request, caller) error
)

// open registers a handler for everybody; route is "METHOD /path" below /api, otherwise what an unexpected failure is
// called.
func (s *Server) open(route, otherwise string, h openHandler) {
	method, path, _ := strings.Cut(route, " ")
	s.mux.HandleFunc(method+" /api"+path, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(r.Context(), w, err, otherwise)
		}
	})
}

// own registers a handler for callers with a session.
func (s *Server) own(route, otherwise string, h ownHandler) {
	s.open(route, otherwise, func(w http.ResponseWriter, r *http.Request) error {
		c, err := s.authenticate(r)
		if err != nil {
			return err
		}
		return h(w, r, c)
	})
}

// admin registers a handler for administrators.
func (s *Server) admin(route, otherwise string, h ownHandler) {
	s.own(route, otherwise, func(w http.ResponseWriter, r *http.Request, c caller) error {
		if !c.user.admin && !s.faulty(adminOpen) {
			return refuse(http.StatusForbidden, "Forbidden")
		}
		return h(w, r, c)
	})
}

// authenticate finds the session of a request, in the product's order of preference.
func (s *Server) authenticate(r *http.Request) (caller, error) {
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	tokens := []string{r.Header.Get("X-Immich-Session-Token"), r.URL.Query().Get("sessionKey"), bearer}
	if !s.faulty(tokenHeaderIgnored) {
		tokens = append([]string{r.Header.Get("X-Immich-User-Token")}, tokens...)
	}
	if c, err := r.Cookie(cookieToken); err == nil {
		tokens = append(tokens, c.Value)
	}
	for _, token := range tokens {
		if token == "" {
			continue
		}
		session, u, ok := s.store.session(token)
		if !ok {
			return caller{}, refuse(http.StatusUnauthorized, "Invalid user token")
		}
		return caller{user: u, session: session}, nil
	}
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return s.callerOf(key, permissionOf(r))
	}
	return caller{}, refuse(http.StatusUnauthorized, "Authentication required")
}

func (s *Server) routeServer() {
	for _, place := range s.places() {
		s.open("GET "+place+"/ping", "", s.tell(func() object { return object{"res": "pong"} }))
		s.open("GET "+place+"/version", "", s.tell(s.version))
		s.open("GET "+place+"/features", "", s.tell(s.features))
		s.open("GET "+place+"/config", "", s.tell(s.config))
	}
	s.admin("GET /system-config", "", s.getConfig)
	s.admin("PUT /system-config", "", s.putConfig)
	s.admin("POST /system-metadata/admin-onboarding", "", s.setAdminOnboarding)
	s.mux.HandleFunc("GET /.well-known/immich", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, object{"api": object{"endpoint": "/api"}})
	})
	s.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { s.fail(r.Context(), w, unrouted(r), "") })
}

// places are where the server tells about itself: releases in between have two.
func (s *Server) places() []string {
	var places []string
	if s.has(version.ServerInfo) {
		places = append(places, "/server-info")
	}
	if s.has(version.ServerPaths) {
		places = append(places, "/server")
	}
	return places
}

// unrouted is the answer where nothing is.
func unrouted(r *http.Request) error {
	return refuse(http.StatusNotFound, fmt.Sprintf("Cannot %s %s", r.Method, r.URL.Path))
}

func (s *Server) tell(make func() object) openHandler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.faulty(serverInfoGone) && strings.HasPrefix(r.URL.Path, "/api/server-info/") {
			return unrouted(r)
		}
		writeJSON(w, http.StatusOK, make())
		return nil
	}
}

func (s *Server) version() object {
	var major, minor, patch int
	// What does not parse stays zero: the product, too, has nothing better to say about a version that is none.
	_, _ = fmt.Sscanf(s.options.Release.Version, "v%d.%d.%d", &major, &minor, &patch)
	return object{"major": major, "minor": minor, "patch": patch}
}

func (s *Server) features() object {
	oauth := s.store.settings("oauth")
	return object{
		"oauth": oauth.on("enabled"), "oauthAutoLaunch": oauth.on("autoLaunch") != s.faulty(launchTold),
		"passwordLogin": s.store.settings("passwordLogin").on("enabled"),
		"configFile":    s.options.ConfigFile != nil, "smartSearch": false, "facialRecognition": false, "map": true, "trash": true, "search": true,
	}
}

func (s *Server) config() object {
	server := s.store.settings("server")
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return object{
		"oauthButtonText": s.store.config["oauth"].(object)["buttonText"], "loginPageMessage": server["loginPageMessage"],
		"externalDomain": server["externalDomain"], "isInitialized": len(s.store.users) > 0,
		"isOnboarded": s.store.adminOnboarding, "trashDays": 30, "userDeleteDelay": 7,
	}
}

func (s *Server) setAdminOnboarding(w http.ResponseWriter, r *http.Request, _ caller) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	s.store.mu.Lock()
	s.store.adminOnboarding = body.on("isOnboarded")
	s.store.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// onboards reports whether the release has onboarding pages for every user.
func (s *Server) onboards() bool { return s.has(version.UserOnboarding) }
