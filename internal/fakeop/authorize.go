package fakeop

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// authorization is a valid request to the authorization endpoint.
type authorization struct {
	client, app object
	redirectURI string
	state       string
	nonce       string
	challenge   string
	method      string
	scopes      []string
}

func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || len(r.Form) == 0 {
		http.NotFound(w, r)
		return
	}
	client := s.requester(w, r)
	if client == nil {
		return
	}
	app := s.state.applicationOf(client)
	if app == nil {
		s.errorPage(w, "Bad Request", "Failed to resolve application.")
		return
	}
	if problem := s.refused(r.Form, client); problem != "" {
		s.warn(r, said(problem, client), object{"client_id": client.text("client_id")})
		s.sendError(w, r.Form, problem)
		return
	}
	session := s.session(w, r)
	if session.user == nil {
		if r.Form.Get("prompt") == "none" && !s.faults[promptIgnored] {
			s.sendError(w, r.Form, "login_required")
			return
		}
		s.sendToLogin(w, r, session, client)
		return
	}
	if !s.mayUse(r, session.user, app) {
		s.deniedPage(w)
		return
	}
	s.grantTo(w, r, session, s.readAuthorization(r.Form, client, app))
}

// requester is the provider of a request that names it and one of its redirect URIs; else it answers itself, by a page and
// never by a redirect, and returns nil.
func (s *Server) requester(w http.ResponseWriter, r *http.Request) object {
	client, uri := find(s.state.providers, "client_id", r.Form.Get("client_id")), r.Form.Get("redirect_uri")
	switch {
	case client == nil && uri != "" && s.faults[unknownClient]:
		s.sendError(w, r.Form, "unauthorized_client")
	case client == nil:
		s.warn(r, "Invalid client identifier", object{"client_id": r.Form.Get("client_id")})
		s.errorPage(w, "Client ID Error", "The client identifier (client_id) is missing or invalid.")
	case uri != "" && (s.allowed(client, uri) || s.trusted(r)):
		return client
	case uri != "" && s.faults[errorRedirects]:
		redirect(w, uri+"?error=invalid_request&state="+url.QueryEscape(r.Form.Get("state")))
	default:
		const mismatch = "The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri)."
		s.warn(r, mismatch, object{"cause": "redirect_uri_no_match", "redirect_uri": uri})
		s.errorPage(w, "Redirect URI Error", mismatch)
	}
	return nil
}

// trusted is whether a fault lets somebody go anywhere who is signed in.
func (s *Server) trusted(r *http.Request) bool {
	known := s.known(r)
	return s.faults[trustsSession] && known != nil && known.user != nil
}

// refused names the OAuth error of a request whose client and redirect URI are in order, or is empty.
func (s *Server) refused(form url.Values, client object) string {
	switch method := form.Get("code_challenge_method"); {
	case form.Get("response_type") != "code": // the double knows the code flow only
		return "unsupported_response_type"
	case form.Has("request"):
		return "request_not_supported"
	case method != "" && method != "plain" && method != "S256" && !s.faults[methodIgnored]:
		return "invalid_request"
	}
	if s.has(version.GrantTypes) {
		if types, _ := client["grant_types"].([]any); !slices.Contains(types, any("authorization_code")) {
			return "invalid_request"
		}
	}
	return ""
}

// said is what the log says of a request that is refused with an OAuth error.
func said(problem string, client object) string {
	if types, limited := client["grant_types"].([]any); limited && !slices.Contains(types, any("authorization_code")) {
		return "Invalid grant_type for provider"
	}
	return "The request was refused (" + problem + ")."
}

// sendError returns an OAuth error to the client. Django redirects to http, https and ftp only, so the answer to an
// app is a plain 400.
func (s *Server) sendError(w http.ResponseWriter, form url.Values, code string) {
	uri := form.Get("redirect_uri")
	if !hasAnyPrefix(uri, []string{"http:", "https:", "ftp:"}) {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	query := "?error=" + code + "&error_description=" + url.QueryEscape("The request was refused ("+code+").")
	if state := form.Get("state"); state != "" && !s.faults[errorStateless] {
		query += "&state=" + state // as it was sent, not encoded: the product's choice
	}
	redirect(w, uri+query)
}

func (s *Server) readAuthorization(form url.Values, client, app object) *authorization {
	scopes := s.scopesOf(client)
	if wanted := strings.Fields(form.Get("scope")); len(wanted) > 0 {
		scopes = slices.DeleteFunc(scopes, func(name string) bool { return !slices.Contains(wanted, name) })
	}
	method := form.Get("code_challenge_method")
	if method == "" {
		method = "plain"
	}
	return &authorization{
		client: client, app: app, redirectURI: form.Get("redirect_uri"), state: form.Get("state"), nonce: form.Get("nonce"),
		challenge: form.Get("code_challenge"), method: method, scopes: scopes,
	}
}

// sendToLogin starts the authentication flow; afterwards the browser comes back to the same URL.
func (s *Server) sendToLogin(w http.ResponseWriter, r *http.Request, session *session, client object) {
	slug := s.state.flowSlug(client["authentication_flow"])
	if slug == "" {
		slug = s.state.flowSlug(s.state.brands[0]["flow_authentication"])
	}
	if s.faults[otherLogin] {
		slug = flowSource
	}
	session.plan, session.loginFlow, session.wants = nil, slug, s.state.applicationOf(client).text("name")
	next := r.URL.Path + "?" + r.Form.Encode()
	if r.Method == http.MethodGet {
		next = r.URL.RequestURI()
	}
	query := "next=" + url.QueryEscape(next)
	if !s.has(version.DirectLogin) {
		redirect(w, "/flows/-/default/authentication/?"+query)
		return
	}
	if r.URL.RawQuery != "" {
		query = r.URL.RawQuery + "&" + query
	}
	redirect(w, "/if/flow/"+slug+"/?"+query)
}

// grantTo runs the authorization flow of the provider for a user who is logged in.
func (s *Server) grantTo(w http.ResponseWriter, r *http.Request, session *session, a *authorization) {
	slug := s.state.flowSlug(a.client["authorization_flow"])
	if slug != flowExplicit && s.has(version.SilentAuthorization) {
		redirect(w, s.fulfil(r, session, a))
		return
	}
	stages := []stage{fulfil}
	if slug == flowExplicit {
		stages = []stage{askConsent, fulfil}
	}
	session.plan = &plan{slug: slug, stages: stages, app: a.app, authorization: a}
	location := "/if/flow/" + slug + "/"
	if r.URL.RawQuery != "" {
		location += "?" + r.URL.RawQuery
	}
	redirect(w, location)
}

// fulfil issues a code and returns the URL that takes it to the client.
func (s *Server) fulfil(r *http.Request, session *session, a *authorization) string {
	s.note(r, authorizeApplication, session.user, object{
		"authorized_application": object{"pk": a.app["pk"], "name": a.app.text("name")}, "scopes": strings.Join(a.scopes, " "),
	})
	code := randomHex(32)
	lives := validity(a.client.text("access_code_validity"))
	if s.faults[codeLivesDay] {
		lives = 24 * time.Hour
	}
	if s.faults[codeDiesEarly] {
		lives = min(lives, 3*time.Second)
	}
	s.state.codes[code] = &grant{
		user: session.user, client: a.client, app: a.app, scopes: a.scopes, nonce: a.nonce, challenge: a.challenge, method: a.method,
		sid: session.sid(), authTime: session.since, expires: time.Now().Add(lives),
	}
	if s.faults[sessionForgotten] {
		session.user = nil
	}
	state := a.state
	if s.faults[stateAltered] {
		state += "x"
	}
	location := answerURI(a.redirectURI, code, state)
	if s.faults[codeLost] {
		location = strings.Replace(location, "code="+code+"&", "", 1)
	}
	if s.faults[wrongIssuer] {
		location += "&iss=" + url.QueryEscape(s.origin(r)+"/another/")
	}
	return location
}
