package fakeop

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/ssoproof/ssoproof/internal/version"
)

// routeBindings serves the bindings of applications to users and to policies. Those to groups, and their order, are the
// product's alone.
func (s *Server) routeBindings() {
	s.readOnlyList("policies/bindings/", func() []object {
		var views []object
		for _, b := range s.state.bindings {
			view := maps.Clone(b)
			view["negate"], view["group_obj"], view["policy_obj"] = false, nil, nil
			view["user_obj"] = userView(s.state.userBy(func(u *user) bool { return strconv.Itoa(u.pk) == b.text("user") }))
			views = append(views, view)
		}
		return views
	}, "target")
	s.admin("POST policies/bindings/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, "target", "order"); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		if find(s.state.applications, "pk", body["target"]) == nil {
			writeJSON(w, http.StatusBadRequest, object{"target": []string{fmt.Sprintf("Invalid pk %q - object does not exist.", fmt.Sprint(body["target"]))}})
			return
		}
		binding := object{"pk": newUUID(), "target": body["target"], "enabled": body["enabled"] != false}
		pk, ok := body["user"].(float64)
		switch {
		case ok && s.state.userBy(func(u *user) bool { return u.pk == int(pk) }) != nil:
			binding["user"] = strconv.Itoa(int(pk))
		case find(s.state.policies, "pk", body["policy"]) != nil:
			binding["policy"] = body["policy"]
		default:
			writeJSON(w, http.StatusBadRequest, object{"non_field_errors": []string{"One of 'group', 'policy', 'user' must be set."}})
			return
		}
		s.state.bindings = append(s.state.bindings, binding)
		writeJSON(w, http.StatusCreated, binding)
	})
}

// mayUse reports whether a user may use an application: everybody may, until somebody or a policy is bound to it.
func (s *Server) mayUse(r *http.Request, u *user, app object) bool {
	bound := slices.DeleteFunc(slices.Clone(s.state.bindings), func(b object) bool { return b["target"] != app["pk"] || b["enabled"] != true })
	return len(bound) == 0 || s.faults[bindingIgnored] ||
		slices.ContainsFunc(bound, func(b object) bool {
			if policy := find(s.state.policies, "pk", b["policy"]); policy != nil {
				return s.passes(r, u, policy)
			}
			return b["user"] == strconv.Itoa(u.pk)
		})
}

// deniedPage is shown to who is logged in and may not use the application: with status 200, as the product does.
func (s *Server) deniedPage(w http.ResponseWriter) {
	render(w, http.StatusOK, "message.html", map[string]any{"Title": "Permission denied", "Text": "Request has been denied.", "Family": s.options.Release.Line})
}

// endTokens ends the access tokens of a user who is deactivated, in the releases that do.
func (s *Server) endTokens(of *user) {
	if of.active || !s.has(version.DeactivationEndsTokens) || s.faults[inactiveToken] {
		return
	}
	for token, g := range s.state.tokens {
		if g.user == of {
			delete(s.state.tokens, token)
		}
	}
}
