package fakeop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// challenge shows the current stage.
func (s *Server) challenge(w http.ResponseWriter, session *session) {
	writeJSON(w, http.StatusOK, s.challengeOf(session))
}

func (s *Server) challengeOf(session *session) object {
	plan := session.plan
	challenge := object{"component": plan.stages[0], "flow_info": s.flowInfo(plan)}
	switch plan.stages[0] {
	case identification:
		challenge["user_fields"] = []string{"email", "username"}
		challenge["password_fields"] = false
		challenge["primary_action"] = "Log in"
		challenge["flow_designation"] = "authentication"
		challenge["sources"] = []object{}
		challenge["show_source_labels"] = false
		if session.wants != "" {
			challenge["application_pre"] = session.wants
		}
	case password:
		challenge["pending_user"], challenge["pending_user_avatar"] = plan.pending, ""
		challenge["allow_show_password"] = false
	case askConsent:
		asked, extra := s.permissions(session)
		challenge["pending_user"], challenge["pending_user_avatar"] = session.user.username, ""
		challenge["header_text"] = fmt.Sprintf("You're about to sign into %s.", plan.app.text("name"))
		challenge["permissions"], challenge["additional_permissions"] = asked, extra
		challenge["token"] = plan.token
	case sessionEnd:
		challenge["pending_user"], challenge["pending_user_avatar"] = "", ""
		challenge["application_name"] = plan.app.text("name")
		challenge["application_launch_url"] = plan.app.text("launch_url")
		challenge["invalidation_flow_url"] = "/if/flow/" + flowLogout + "/"
		challenge["brand_name"] = "authentik"
	}
	return challenge
}

func (s *Server) flowInfo(p *plan) object {
	title := find(s.state.flows, "slug", p.slug).text("title")
	return object{"title": title, "background": "", "cancel_url": "/flows/-/cancel/", "layout": "stacked"}
}

// permissions are the scopes that consent is asked for: those that were allowed before, and those that are new. Where
// nothing was allowed before all are of the first kind. openid has no name and is not shown by the page.
func (s *Server) permissions(session *session) (asked, extra []object) {
	a := session.plan.authorization
	before := s.consentOf(session.user, a)
	asked, extra = []object{}, []object{}
	for _, scope := range a.scopes {
		p := object{"id": scope, "name": find(s.state.mappings, "scope_name", scope).text("description")}
		if before != nil && !slices.Contains(before.scopes, scope) {
			extra = append(extra, p)
		} else {
			asked = append(asked, p)
		}
	}
	return asked, extra
}

// respond takes the answer to a challenge.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, session *session) {
	var answer struct {
		UID      string `json:"uid_field"`
		Password string `json:"password"`
		Token    string `json:"token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil {
		writeDetail(w, http.StatusBadRequest, "JSON parse error - "+err.Error())
		return
	}
	plan := session.plan
	switch plan.stages[0] {
	case identification:
		if answer.UID == "" {
			s.reject(w, session, "uid_field", "This field is required.", "required")
			return
		}
		plan.pending = answer.UID
	case password:
		// Somebody unknown reaches this stage too, so that names cannot be probed.
		u := s.state.userBy(userNamed(plan.pending))
		if u == nil || !u.active && !s.faults[inactiveAllowed] || u.password == "" || u.password != answer.Password {
			s.note(r, loginFailed, u, object{"username": plan.pending, "stage": object{"name": "default-authentication-password"}})
			s.reject(w, session, "password", "Invalid password", "invalid")
			return
		}
	case askConsent:
		if answer.Token != plan.token {
			plan.token = newUUID()
			s.reject(w, session, "token", "Invalid consent token, re-showing prompt", "invalid")
			return
		}
		s.remember(session.user, plan.authorization)
	default:
		s.proceed(w, r, session)
		return
	}
	plan.pop()
	again(w, r)
}

// reject shows the current stage again with an error at one field.
func (s *Server) reject(w http.ResponseWriter, session *session, field, text, code string) {
	challenge := s.challengeOf(session)
	challenge["response_errors"] = object{field: []object{{"string": text, "code": code}}}
	writeJSON(w, http.StatusOK, challenge)
}

// deny ends a flow.
func (s *Server) deny(w http.ResponseWriter, session *session, why string) {
	session.plan = nil
	writeJSON(w, http.StatusOK, object{"component": "ak-stage-access-denied", "error_message": why, "pending_user": "", "pending_user_avatar": ""})
}

func (s *Server) logIn(session *session) {
	session.user = s.state.userBy(userNamed(session.plan.pending))
	session.since, session.key = time.Now(), randomHex(32)
}
