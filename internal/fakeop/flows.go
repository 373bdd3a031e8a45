package fakeop

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// stage is a step of a flow.
type stage string

// The stages that the double plays. The first three and sessionEnd are challenges to the user, by the component that
// shows them; the others do their work and go on.
const (
	identification stage = "ak-stage-identification"
	password       stage = "ak-stage-password"
	askConsent     stage = "ak-stage-consent"
	sessionEnd     stage = "ak-stage-session-end"
	logIn          stage = "log-in"
	logOut         stage = "log-out"
	fulfil         stage = "fulfil"
	leave          stage = "leave"
)

// plan is a flow under way in a session.
type plan struct {
	slug          string
	stages        []stage // still to come, the current one first
	app           object  // nil: none
	authorization *authorization
	pending       string // the user name that was typed
	token         string // of the consent challenge that is shown
}

func (p *plan) pop() { p.stages = p.stages[1:] }

func (s *Server) routeFlows() {
	s.mux.HandleFunc("GET /flows/-/default/authentication/{$}", func(w http.ResponseWriter, r *http.Request) {
		session := s.session(w, r)
		slug := session.loginFlow
		if slug == "" {
			slug = s.state.flowSlug(s.state.brands[0]["flow_authentication"])
		}
		session.plan = nil
		location := "/if/flow/" + slug + "/"
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		redirect(w, location)
	})
	s.mux.HandleFunc("GET /flows/-/default/invalidation/{$}", func(w http.ResponseWriter, r *http.Request) {
		s.session(w, r).plan = nil
		redirect(w, "/if/flow/"+s.state.flowSlug(s.state.brands[0]["flow_invalidation"])+"/")
	})
	s.mux.HandleFunc("GET /if/flow/{slug}/{$}", s.flowPage)
	s.mux.HandleFunc("GET /if/session-end/{slug}/{$}", s.sessionEndPage)
	s.mux.HandleFunc("GET /api/v3/flows/executor/{slug}/{$}", s.executor)
	s.mux.HandleFunc("POST /api/v3/flows/executor/{slug}/{$}", s.executor)
}

// executor runs the flow of the session and answers with its next challenge.
func (s *Server) executor(w http.ResponseWriter, r *http.Request) {
	slug := r.PathValue("slug")
	if find(s.state.flows, "slug", slug) == nil {
		writeNotFound(w)
		return
	}
	session := s.session(w, r)
	if session.plan == nil || session.plan.slug != slug {
		session.plan = s.newPlan(slug)
	}
	if session.plan == nil {
		s.deny(w, session, "Flow does not apply to current user.")
		return
	}
	if r.Method != http.MethodPost {
		s.proceed(w, r, session)
		return
	}
	if session.user != nil && !ownForm(r) {
		writeJSON(w, http.StatusOK, object{"component": "ak-stage-flow-error", "request_id": randomHex(16)})
		return
	}
	s.respond(w, r, session)
}

// ownForm reports whether a page of authentik's own posted: whoever is logged in must show the token of the cookie.
func ownForm(r *http.Request) bool {
	cookie, err := r.Cookie(csrfCookie)
	return err == nil && cookie.Value != "" && r.Header.Get("X-Authentik-Csrf") == cookie.Value
}

// newPlan starts a flow that a browser may open by itself; nil if it belongs to an authorization request.
func (s *Server) newPlan(slug string) *plan {
	switch {
	case slug == flowLogin, slug == flowSource && s.faults[otherLogin]:
		return &plan{slug: slug, stages: []stage{identification, password, logIn, leave}}
	case slug == flowLogout:
		return &plan{slug: slug, stages: []stage{logOut, leave}}
	}
	return nil
}

// again sends the browser to the same executor URL, as the product does after every stage that is done.
func again(w http.ResponseWriter, r *http.Request) { redirect(w, r.URL.RequestURI()) }

// proceed shows the current stage, or does its work where it needs nobody.
func (s *Server) proceed(w http.ResponseWriter, r *http.Request, session *session) {
	plan := session.plan
	switch plan.stages[0] {
	case logIn:
		s.logIn(session)
		plan.pop()
		again(w, r)
	case logOut:
		s.signOut(r, session)
		plan.pop()
		again(w, r)
	case askConsent:
		if s.faults[noConsent] || s.consented(session.user, plan.authorization) {
			plan.pop()
			again(w, r)
			return
		}
		plan.token = newUUID()
		s.challenge(w, session)
	case fulfil:
		session.plan = nil
		writeJSON(w, http.StatusOK, object{"component": "xak-flow-redirect", "to": s.fulfil(r, session, plan.authorization)})
	case leave:
		session.plan = nil
		s.leave(w, r, session)
	default:
		s.challenge(w, session)
	}
}

// leave ends a flow at the URL in next, which has to be relative.
func (s *Server) leave(w http.ResponseWriter, r *http.Request, session *session) {
	inner, err := url.ParseQuery(r.URL.Query().Get("query"))
	to := inner.Get("next")
	if to == "" {
		to = "/"
	}
	if u, parseErr := url.Parse(to); err != nil || parseErr != nil || u.IsAbs() || u.Host != "" {
		s.deny(w, session, "Invalid next URL")
		return
	}
	writeJSON(w, http.StatusOK, object{"component": "xak-flow-redirect", "to": to})
}

// consented reports whether a user has allowed an application exactly these scopes before.
func (s *Server) consented(u *user, a *authorization) bool {
	if s.faults[consentForgotten] {
		return false
	}
	if s.faults[consentForAll] {
		return slices.ContainsFunc(s.state.consents, func(c *consent) bool { return c.app["pk"] == a.app["pk"] && sameSet(c.scopes, a.scopes) })
	}
	c := s.consentOf(u, a)
	return c != nil && (s.faults[consentForAny] || sameSet(c.scopes, a.scopes))
}

func (s *Server) consentOf(u *user, a *authorization) *consent {
	i := slices.IndexFunc(s.state.consents, func(c *consent) bool { return c.user == u && c.app["pk"] == a.app["pk"] })
	if i < 0 {
		return nil
	}
	return s.state.consents[i]
}

// remember keeps what a user has allowed.
func (s *Server) remember(u *user, a *authorization) {
	c := s.consentOf(u, a)
	if c == nil {
		c = &consent{pk: s.state.pk(), user: u, app: a.app}
		s.state.consents = append(s.state.consents, c)
	}
	c.scopes = a.scopes
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func userNamed(typed string) func(*user) bool {
	return func(u *user) bool { return strings.EqualFold(u.username, typed) || strings.EqualFold(u.email, typed) }
}
