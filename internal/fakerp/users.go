package fakerp

import (
	"net/http"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

func (s *Server) routeUsers() {
	s.own("GET /users/me", "", func(w http.ResponseWriter, _ *http.Request, c caller) error {
		writeJSON(w, http.StatusOK, userView(c.user))
		return nil
	})
	if s.onboards() {
		s.own("PUT /users/me/onboarding", "", s.setOnboarding)
	}
	s.own("DELETE /sessions", "", s.endOthers)
	s.admin("GET /admin/users", "", func(w http.ResponseWriter, _ *http.Request, _ caller) error {
		views := []object{}
		for _, u := range s.store.all() {
			views = append(views, userView(u))
		}
		writeJSON(w, http.StatusOK, views)
		return nil
	})
	s.admin("POST /admin/users", "Failed to create user", s.createUser)
	s.admin("DELETE /admin/users/{id}", "", func(w http.ResponseWriter, r *http.Request, _ caller) error {
		u, ok := s.store.update(r.PathValue("id"), func(u *user) { u.deleted = true })
		if ok {
			s.store.end(func(one session) bool { return one.userID == u.id })
		}
		return writeUser(w, u, ok)
	})
}

// endOthers ends every session of the caller's user but the caller's.
func (s *Server) endOthers(w http.ResponseWriter, _ *http.Request, c caller) error {
	if !s.faulty(othersSurvive) {
		s.store.end(func(one session) bool { return one.userID == c.user.id && one.token != c.session.token })
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) setOnboarding(w http.ResponseWriter, r *http.Request, c caller) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	u, _ := s.store.update(c.user.id, func(u *user) { u.onboarded = body.on("isOnboarded") && !s.faulty(onboardingForgotten) })
	writeJSON(w, http.StatusOK, object{"isOnboarded": u.onboarded})
	return nil
}

func (s *Server) createUser(w http.ResponseWriter, r *http.Request, _ caller) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	if err := texts(body, "email", "name"); err != nil {
		return err
	}
	must, given := body["shouldChangePassword"].(bool)
	u, err := s.store.create(user{
		email: strings.ToLower(body.text("email")), name: body.text("name"), password: body.text("password"),
		storageLabel: body.text("storageLabel"), admin: body.on("isAdmin") && s.has(version.SeveralAdmins), changePassword: must || !given,
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, userView(u))
	return nil
}

func writeUser(w http.ResponseWriter, u user, ok bool) error {
	if !ok {
		return refuse(http.StatusNotFound, "User not found")
	}
	writeJSON(w, http.StatusOK, userView(u))
	return nil
}

func userView(u user) object {
	view := object{
		"id": u.id, "email": u.email, "name": u.name, "oauthId": u.oauthID, "isAdmin": u.admin,
		"shouldChangePassword": u.changePassword, "storageLabel": nil, "quotaSizeInBytes": nil, "quotaUsageInBytes": 0,
		"profileImagePath": "", "avatarColor": "primary", "status": "active", "deletedAt": nil, "license": nil,
		"createdAt": u.created.Format(time.RFC3339), "updatedAt": u.created.Format(time.RFC3339),
	}
	if u.storageLabel != "" {
		view["storageLabel"] = u.storageLabel
	}
	if u.quota != nil {
		view["quotaSizeInBytes"] = *u.quota
	}
	if u.deleted {
		view["status"] = "deleted"
	}
	return view
}
