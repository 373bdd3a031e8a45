package fakeop

import (
	"maps"
	"net/http"
	"slices"
)

// routeMappings serves the scope mappings that an administrator makes.
func (s *Server) routeMappings() {
	const path = "propertymappings/provider/scope/"
	s.admin("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, "name", "scope_name", "expression"); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		m := object{"pk": newUUID(), "managed": nil, "description": ""}
		if s.saveMapping(w, m, body) {
			s.state.mappings = append(s.state.mappings, m)
			writeJSON(w, http.StatusCreated, m)
		}
	})
	s.admin("PATCH "+path+"{key}/", s.withMapping(func(w http.ResponseWriter, r *http.Request, m object) {
		if body, ok := readBody(w, r); ok && s.saveMapping(w, m, body) {
			writeJSON(w, http.StatusOK, m)
		}
	}))
	s.admin("DELETE "+path+"{key}/", s.withMapping(func(w http.ResponseWriter, _ *http.Request, gone object) {
		s.state.mappings = slices.DeleteFunc(s.state.mappings, func(m object) bool { return m["pk"] == gone["pk"] })
		for _, p := range s.state.providers {
			selected, _ := p["property_mappings"].([]any)
			p["property_mappings"] = slices.DeleteFunc(slices.Clone(selected), func(pk any) bool { return pk == gone["pk"] })
		}
		w.WriteHeader(http.StatusNoContent)
	}))
}

// saveMapping writes body over m, unless it breaks a rule: then it answers 400 and reports false.
func (s *Server) saveMapping(w http.ResponseWriter, m, body object) bool {
	changed := maps.Clone(m)
	for _, key := range []string{"name", "scope_name", "description", "expression"} {
		if v, ok := body[key]; ok {
			changed[key] = v
		}
	}
	problems := object{}
	if other := find(s.state.mappings, "name", changed["name"]); other != nil && other["pk"] != m["pk"] {
		problems["name"] = []string{"property mapping with this name already exists."}
	}
	if err := unreadable(changed.text("expression")); err != nil {
		problems["expression"] = []string{"The double runs expressions as Starlark, a part of Python: " + err.Error()}
	}
	if len(problems) > 0 {
		writeJSON(w, http.StatusBadRequest, problems)
		return false
	}
	maps.Copy(m, changed)
	return true
}

func (s *Server) withMapping(h func(http.ResponseWriter, *http.Request, object)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m := find(s.state.mappings, "pk", r.PathValue("key"))
		if m == nil {
			writeNotFound(w)
			return
		}
		h(w, r, m)
	}
}
