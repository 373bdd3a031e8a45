package fakeop

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// routeAdmin serves the part of /api/v3 that needs a token.
func (s *Server) routeAdmin() {
	s.admin("GET admin/version/", func(w http.ResponseWriter, _ *http.Request) {
		v := s.options.Release.Version
		writeJSON(w, http.StatusOK, object{"version_current": v, "version_latest": "0.0.0", "version_latest_valid": false, "build_hash": "", "outdated": false})
	})
	s.admin("PATCH admin/settings/", func(w http.ResponseWriter, r *http.Request) {
		if body, ok := readBody(w, r); ok {
			maps.Copy(s.state.settings, body)
			writeJSON(w, http.StatusOK, s.state.settings)
		}
	})
	s.readOnly("flows/instances/", "slug", func() []object { return s.state.flows }, "slug", "name", "designation")
	s.readOnly("crypto/certificatekeypairs/", "pk", func() []object { return s.state.certificates }, "name")
	s.readOnly("core/brands/", "brand_uuid", func() []object { return s.state.brands }, "domain")
	s.readOnly("propertymappings/provider/scope/", "pk", func() []object { return s.state.mappings }, "scope_name", "name", "managed")
	s.routeMappings()
	s.routeKeys()
	s.routeUsers()
	s.routeApplications()
	s.routeProviders()
	s.routeBindings()
	s.routePolicies()
	s.routeEvents()
}

// admin registers a handler behind the bearer token; route is "METHOD path".
func (s *Server) admin(route string, h http.HandlerFunc) {
	method, path, _ := strings.Cut(route, " ")
	s.mux.HandleFunc(method+" /api/v3/"+path+"{$}", func(w http.ResponseWriter, r *http.Request) {
		switch token := bearer(r); {
		case token == "":
			writeDetail(w, http.StatusForbidden, "Authentication credentials were not provided.")
		case s.options.BootstrapToken == "" || token != s.options.BootstrapToken:
			writeDetail(w, http.StatusForbidden, "Token invalid/expired")
		default:
			h(w, r)
		}
	})
}

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return token
}

// readOnly serves a list with filters, and its entries by key.
func (s *Server) readOnly(path, key string, all func() []object, filters ...string) {
	s.readOnlyList(path, all, filters...)
	s.admin("GET "+path+"{key}/", func(w http.ResponseWriter, r *http.Request) {
		o := find(all(), key, r.PathValue("key"))
		if o == nil {
			writeNotFound(w)
			return
		}
		writeJSON(w, http.StatusOK, o)
	})
}

// readOnlyList serves a list with filters.
func (s *Server) readOnlyList(path string, all func() []object, filters ...string) {
	s.admin("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		for _, wanted := range r.URL.Query()["managed"] {
			if slices.Contains(filters, "managed") && find(all(), "managed", wanted) == nil {
				writeJSON(w, http.StatusBadRequest, unknownChoice("managed", wanted))
				return
			}
		}
		writeList(w, filtered(all(), r, filters...))
	})
}

// filtered keeps the objects that equal one of the values of each given filter. Filters that the API does not know are
// ignored, as the product ignores them.
func filtered(objects []object, r *http.Request, filters ...string) []object {
	query := r.URL.Query()
	return slices.DeleteFunc(slices.Clone(objects), func(o object) bool {
		for _, f := range filters {
			if wanted := query[f]; len(wanted) > 0 && !slices.Contains(wanted, fmt.Sprint(o[f])) {
				return true
			}
		}
		return false
	})
}

// required reports fields that are missing, in the API's words; nil if none is.
func required(body object, fields ...string) object {
	missing := object{}
	for _, f := range fields {
		if v, ok := body[f]; !ok {
			missing[f] = []string{"This field is required."}
		} else if v == "" {
			missing[f] = []string{"This field may not be blank."}
		} else if v == nil {
			missing[f] = []string{"This field may not be null."}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return missing
}

func unknownChoice(field, value string) object {
	return object{field: []string{fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", value)}}
}

// readBody decodes a JSON object; it answers 400 itself where there is none.
func readBody(w http.ResponseWriter, r *http.Request) (object, bool) {
	body := object{}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		writeDetail(w, http.StatusBadRequest, "JSON parse error - "+err.Error())
		return nil, false
	}
	return body, true
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only if the client has gone
}

func writeDetail(w http.ResponseWriter, status int, detail string) {
	writeJSON(w, status, object{"detail": detail})
}

func writeNotFound(w http.ResponseWriter) { writeDetail(w, http.StatusNotFound, "Not found.") }

// writeList answers with one page that holds everything.
func writeList(w http.ResponseWriter, results []object) {
	if results == nil {
		results = []object{}
	}
	n := len(results)
	writeJSON(w, http.StatusOK, object{
		"pagination": object{"next": 0, "previous": 0, "count": n, "current": 1, "total_pages": 1, "start_index": min(1, n), "end_index": n},
		"results":    results,
	})
}

// listShaped reports whether redirect URIs are a list in the doubled release.
func (s *Server) listShaped() bool { return !s.has(version.RedirectURIText) }
