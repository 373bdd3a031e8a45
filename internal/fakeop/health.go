package fakeop

import (
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

func (s *Server) routeHealth() {
	healthy := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
	s.mux.HandleFunc("GET /-/health/live/{$}", healthy)
	s.mux.HandleFunc("GET /-/health/ready/{$}", healthy)
}

// starting answers a request that comes before the double is ready; it reports whether it did. The liveness endpoint
// is answered from the first moment, as by the product's router: it proves nothing.
func (s *Server) starting(w http.ResponseWriter, r *http.Request) bool {
	if s.calls >= 3*s.options.StartingCalls || r.URL.Path == "/-/health/live/" {
		return false
	}
	s.calls++
	switch {
	case s.calls <= s.options.StartingCalls && s.has(version.DirectLogin):
		w.Header().Set("Retry-After", "5")
		writeJSON(w, http.StatusServiceUnavailable, object{"error": "authentik starting"})
	case s.calls <= s.options.StartingCalls:
		http.Error(w, "failed to connect to authentik backend: authentik starting", http.StatusBadGateway)
	case !strings.HasPrefix(r.URL.Path, "/api/v3/"):
		return false
	case s.calls <= 2*s.options.StartingCalls:
		writeDetail(w, http.StatusForbidden, "Token invalid/expired")
	default:
		return s.unmigrated(w, r)
	}
	return true
}

// unmigrated answers lists of what the blueprints have not made yet.
func (s *Server) unmigrated(w http.ResponseWriter, r *http.Request) bool {
	for _, list := range []string{"flows/instances/", "propertymappings/provider/scope/", "crypto/certificatekeypairs/", "core/brands/"} {
		if r.Method == http.MethodGet && r.URL.Path == "/api/v3/"+list {
			if wanted := r.URL.Query()["managed"]; len(wanted) > 0 {
				writeJSON(w, http.StatusBadRequest, unknownChoice("managed", wanted[0]))
				return true
			}
			writeList(w, nil)
			return true
		}
	}
	return false
}
