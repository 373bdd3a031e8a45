package fakeop

import (
	"errors"
	"net/http"
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

// passes evaluates a policy. One that raises an exception is taken for a denial, which the product writes down
// (authentik/policies/process.py).
func (s *Server) passes(r *http.Request, u *user, policy object) bool {
	value, err := evaluate(u, policy.text("expression"))
	var raised *exception
	if errors.As(err, &raised) {
		s.note(r, policyException, u, object{
			"message": "Policy failed to execute", "binding": object{"name": "Binding to " + policy.text("name")},
			"exception": object{"type": raised.kind, "message": raised.message},
		})
		return false
	}
	return bool(value.Truth())
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
