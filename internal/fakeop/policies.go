package fakeop

import (
	"net/http"
	"strings"
)

// routePolicies serves the expression policies that an administrator makes.
func (s *Server) routePolicies() {
	s.admin("POST policies/expression/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, "name", "expression"); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		policy := object{"pk": newUUID(), "name": body["name"], "expression": body["expression"]}
		s.state.policies = append(s.state.policies, policy)
		writeJSON(w, http.StatusCreated, policy)
	})
	s.admin("DELETE policies/expression/{pk}/", func(w http.ResponseWriter, r *http.Request) {
		remove(&s.state.policies, "pk", r.PathValue("pk"))
		remove(&s.state.bindings, "policy", r.PathValue("pk"))
		w.WriteHeader(http.StatusNoContent)
	})
}

// passes evaluates a policy. The double knows the return of True and of False; whatever else there is fails as an
// unknown name does, which the product writes down and takes for a denial (authentik/policies/process.py).
func (s *Server) passes(r *http.Request, u *user, policy object) bool {
	switch expression := strings.TrimSpace(policy.text("expression")); expression {
	case "return True":
		return true
	case "return False":
		return false
	default:
		name := strings.TrimPrefix(expression, "return ")
		s.note(r, policyException, u, object{
			"message": "Policy failed to execute", "binding": object{"name": "Binding to " + policy.text("name")},
			"exception": object{"type": "NameError", "message": "name '" + name + "' is not defined"},
		})
		return false
	}
}

// remove takes away the objects whose key has a value.
func remove(objects *[]object, key string, value any) {
	var kept []object
	for _, o := range *objects {
		if o[key] != value {
			kept = append(kept, o)
		}
	}
	*objects = kept
}
