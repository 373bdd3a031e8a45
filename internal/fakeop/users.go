package fakeop

import (
	"net/http"
	"slices"
	"strconv"
)

func (s *Server) routeUsers() {
	s.admin("GET core/users/me/", func(w http.ResponseWriter, _ *http.Request) {
		me := userView(s.state.users[0])
		me["is_superuser"] = true
		writeJSON(w, http.StatusOK, object{"user": me})
	})
	s.admin("GET core/users/", func(w http.ResponseWriter, r *http.Request) {
		var views []object
		for _, u := range s.state.users {
			views = append(views, userView(u))
		}
		writeList(w, filtered(views, r, "is_active", "username", "email"))
	})
	s.admin("POST core/users/", s.createUser)
	s.admin("PATCH core/users/{pk}/", s.withUser(func(w http.ResponseWriter, r *http.Request, u *user) {
		if body, ok := readBody(w, r); ok {
			u.update(body)
			s.endTokens(u)
			writeJSON(w, http.StatusOK, userView(u))
		}
	}))
	s.admin("DELETE core/users/{pk}/", s.withUser(func(w http.ResponseWriter, _ *http.Request, u *user) {
		s.forget(u)
		w.WriteHeader(http.StatusNoContent)
	}))
	s.admin("POST core/users/{pk}/set_password/", s.withUser(func(w http.ResponseWriter, r *http.Request, u *user) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, "password"); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		u.password = body.text("password")
		w.WriteHeader(http.StatusNoContent)
	}))
}

func (s *Server) createUser(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	if missing := required(body, "username", "name"); missing != nil {
		writeJSON(w, http.StatusBadRequest, missing)
		return
	}
	if s.state.userBy(func(u *user) bool { return u.username == body.text("username") }) != nil {
		writeJSON(w, http.StatusBadRequest, object{"username": []string{"This field must be unique."}})
		return
	}
	u := &user{pk: s.state.pk(), uuid: newUUID(), kind: "internal", path: defaultUserPath, active: true}
	u.update(body)
	s.state.users = append(s.state.users, u)
	writeJSON(w, http.StatusCreated, userView(u))
}

// forget deletes a user with sessions, consents and bindings.
func (s *Server) forget(gone *user) {
	s.state.users = slices.DeleteFunc(s.state.users, func(u *user) bool { return u == gone })
	s.state.consents = slices.DeleteFunc(s.state.consents, func(c *consent) bool { return c.user == gone })
	s.state.bindings = slices.DeleteFunc(s.state.bindings, func(b object) bool { return b["user"] == strconv.Itoa(gone.pk) })
	for id, session := range s.state.sessions {
		if session.user == gone {
			delete(s.state.sessions, id)
		}
	}
}

func (s *Server) withUser(h func(http.ResponseWriter, *http.Request, *user)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u := s.state.userBy(func(u *user) bool { return strconv.Itoa(u.pk) == r.PathValue("pk") })
		if u == nil {
			writeNotFound(w)
			return
		}
		h(w, r, u)
	}
}

func (u *user) update(body object) {
	for key, field := range map[string]*string{"username": &u.username, "name": &u.name, "email": &u.email, "type": &u.kind, "path": &u.path} {
		if v, ok := body[key].(string); ok {
			*field = v
		}
	}
	if active, ok := body["is_active"].(bool); ok {
		u.active = active
	}
}

func userView(u *user) object {
	return object{
		"pk": u.pk, "uuid": u.uuid, "uid": subject(u, "hashed_user_id"), "username": u.username, "name": u.name, "email": u.email,
		"is_active": u.active, "is_superuser": u.username == bootstrapAccount, "type": u.kind, "path": u.path,
		"groups": []string{}, "groups_obj": []object{}, "attributes": object{}, "last_login": nil, "avatar": "",
	}
}
