package fakeop

import (
	"maps"
	"net/http"
	"slices"
)

func (s *Server) routeApplications() {
	s.admin("POST core/applications/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, "name", "slug"); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		app := object{"pk": newUUID(), "provider": nil, "meta_launch_url": "", "meta_description": "", "meta_publisher": "", "group": "", "open_in_new_tab": false, "policy_engine_mode": "any"}
		if s.saveApplication(w, app, body) {
			s.state.applications = append(s.state.applications, app)
			writeJSON(w, http.StatusCreated, app)
		}
	})
	s.admin("GET core/applications/{slug}/", s.withApplication(func(w http.ResponseWriter, _ *http.Request, app object) {
		writeJSON(w, http.StatusOK, app)
	}))
	s.admin("DELETE core/applications/{slug}/", s.withApplication(func(w http.ResponseWriter, _ *http.Request, gone object) {
		s.state.applications = slices.DeleteFunc(s.state.applications, func(app object) bool { return app["pk"] == gone["pk"] })
		s.state.consents = slices.DeleteFunc(s.state.consents, func(c *consent) bool { return c.app["pk"] == gone["pk"] })
		w.WriteHeader(http.StatusNoContent)
	}))
}

// saveApplication writes body over app, unless it breaks a rule: then it answers 400 and reports false.
func (s *Server) saveApplication(w http.ResponseWriter, app, body object) bool {
	changed := maps.Clone(app)
	for _, key := range []string{"name", "slug", "provider", "meta_launch_url", "meta_description", "meta_publisher", "group", "open_in_new_tab", "policy_engine_mode"} {
		if v, ok := body[key]; ok {
			changed[key] = v
		}
	}
	pk, given := changed["provider"].(float64)
	if given {
		changed["provider"] = int(pk)
	}
	problems := object{}
	if other := find(s.state.applications, "slug", changed["slug"]); other != nil && other["pk"] != app["pk"] {
		problems["slug"] = []string{"Application with this slug already exists."}
	}
	if given && find(s.state.providers, "pk", int(pk)) == nil {
		problems["provider"] = []string{"Invalid pk \"" + jsonText(pk) + "\" - object does not exist."}
	} else if other := find(s.state.applications, "provider", int(pk)); given && other != nil && other["pk"] != app["pk"] {
		problems["provider"] = []string{"Application with this provider already exists."}
	}
	if len(problems) > 0 {
		writeJSON(w, http.StatusBadRequest, problems)
		return false
	}
	if s.faults[settingsLost] {
		changed["meta_launch_url"] = ""
	}
	changed["launch_url"] = changed["meta_launch_url"]
	maps.Copy(app, changed)
	return true
}

func (s *Server) withApplication(h func(http.ResponseWriter, *http.Request, object)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		app := find(s.state.applications, "slug", r.PathValue("slug"))
		if app == nil {
			writeNotFound(w)
			return
		}
		h(w, r, app)
	}
}
