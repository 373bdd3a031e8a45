package fakeop

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/ssoproof/ssoproof/internal/version"
)

func (s *Server) routeProviders() {
	s.admin("POST providers/oauth2/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, s.requiredOfProvider()...); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		p := s.newProvider()
		if s.saveProvider(w, p, body) {
			s.state.providers = append(s.state.providers, p)
			writeJSON(w, http.StatusCreated, s.providerView(p))
		}
	})
	s.readOnlyList("providers/oauth2/", func() []object {
		var views []object
		for _, p := range s.state.providers {
			views = append(views, s.providerView(p))
		}
		return views
	}, "name", "client_id")
	s.admin("GET providers/oauth2/{pk}/", s.withProvider(func(w http.ResponseWriter, _ *http.Request, p object) {
		writeJSON(w, http.StatusOK, s.providerView(p))
	}))
	s.admin("PATCH providers/oauth2/{pk}/", s.withProvider(func(w http.ResponseWriter, r *http.Request, p object) {
		if body, ok := readBody(w, r); ok && s.saveProvider(w, p, body) {
			writeJSON(w, http.StatusOK, s.providerView(p))
		}
	}))
	s.admin("DELETE providers/oauth2/{pk}/", s.withProvider(func(w http.ResponseWriter, _ *http.Request, gone object) {
		if app := s.state.applicationOf(gone); app != nil {
			app["provider"] = nil
		}
		s.state.providers = slices.DeleteFunc(s.state.providers, func(p object) bool { return p["pk"] == gone["pk"] })
		w.WriteHeader(http.StatusNoContent)
	}))
	s.admin("GET providers/oauth2/{pk}/setup_urls/", s.withProvider(s.setupURLs))
}

func (s *Server) requiredOfProvider() []string {
	fields := []string{"name", "authorization_flow"}
	if s.has(version.InvalidationFlow) {
		fields = append(fields, "invalidation_flow")
	}
	if s.listShaped() {
		fields = append(fields, "redirect_uris")
	}
	return fields
}

// newProvider has the API's defaults, which are not those of the product's form.
func (s *Server) newProvider() object {
	p := object{
		"pk": s.state.pk(), "name": "", "authentication_flow": nil, "authorization_flow": nil,
		"client_type": "confidential", "client_id": randomHex(40), "client_secret": randomHex(128),
		"access_code_validity": "minutes=1", "access_token_validity": "hours=1", "refresh_token_validity": "days=30",
		"include_claims_in_id_token": true, "signing_key": nil, "redirect_uris": "",
		"sub_mode": "hashed_user_id", "issuer_mode": "per_provider", "property_mappings": []any{},
	}
	add := func(f version.Feature, key string, value any) {
		if s.has(f) {
			p[key] = value
		}
	}
	add(version.InvalidationFlow, "invalidation_flow", nil)
	add(version.InvalidationFlow, "encryption_key", nil) // came with the same release, 2024.10
	add(version.BackchannelField, "backchannel_logout_uri", "")
	add(version.LogoutFields, "logout_uri", "")
	add(version.LogoutFields, "logout_method", "backchannel")
	add(version.GrantTypes, "grant_types", []any{})
	if s.listShaped() {
		p["redirect_uris"] = []any{}
	}
	return p
}

// saveProvider writes body over p, unless it breaks a rule: then it answers 400 and reports false. Keys that the
// release does not know are ignored, as the product ignores them.
func (s *Server) saveProvider(w http.ResponseWriter, p, body object) bool {
	changed := maps.Clone(p)
	for key := range p {
		if v, ok := body[key]; ok && key != "pk" {
			changed[key] = v
		}
	}
	problems := s.providerProblems(p, changed)
	if uris, ok := body["redirect_uris"]; ok {
		var problem any
		if changed["redirect_uris"], problem = s.readRedirectURIs(uris); problem != nil {
			problems["redirect_uris"] = problem
		}
	}
	if len(problems) > 0 {
		writeJSON(w, http.StatusBadRequest, problems)
		return false
	}
	if s.faults[settingsLost] {
		changed["signing_key"] = nil
	}
	maps.Copy(p, changed)
	return true
}

// providerProblems are the rules that a changed provider breaks, by field.
func (s *Server) providerProblems(p, changed object) object {
	problems := object{}
	for _, key := range []string{"authentication_flow", "authorization_flow", "invalidation_flow"} {
		if v := changed[key]; v != nil && find(s.state.flows, "pk", v) == nil {
			problems[key] = []string{fmt.Sprintf("Invalid pk %q - object does not exist.", fmt.Sprint(v))}
		}
	}
	if v := changed["signing_key"]; v != nil && find(s.state.certificates, "pk", v) == nil {
		problems["signing_key"] = []string{fmt.Sprintf("Invalid pk %q - object does not exist.", fmt.Sprint(v))}
	}
	if other := find(s.state.providers, "name", changed["name"]); other != nil && other["pk"] != p["pk"] {
		problems["name"] = []string{"provider with this name already exists."}
	}
	if other := find(s.state.providers, "client_id", changed["client_id"]); other != nil && other["pk"] != p["pk"] {
		problems["client_id"] = []string{"OAuth2/OpenID Provider with this Client ID already exists."}
	}
	return problems
}

// providerView adds what is computed to what is stored.
func (s *Server) providerView(p object) object {
	view := maps.Clone(p)
	view["component"] = "ak-provider-oauth2-form"
	view["meta_model_name"] = "authentik_providers_oauth2.oauth2provider"
	view["assigned_application_slug"], view["assigned_application_name"] = "", ""
	if app := s.state.applicationOf(p); app != nil {
		view["assigned_application_slug"], view["assigned_application_name"] = app["slug"], app["name"]
	}
	return view
}

func (s *Server) setupURLs(w http.ResponseWriter, r *http.Request, p object) {
	origin := s.origin(r) + "/application/o/"
	urls := object{"issuer": nil, "authorize": origin + "authorize/", "token": origin + "token/", "user_info": origin + "userinfo/", "provider_info": nil, "logout": nil, "jwks": nil}
	if app := s.state.applicationOf(p); app != nil {
		base := origin + app.text("slug") + "/"
		urls["issuer"] = s.issuer(r, p, app)
		urls["provider_info"] = base + ".well-known/openid-configuration"
		urls["logout"] = base + "end-session/"
		urls["jwks"] = base + "jwks/"
	}
	writeJSON(w, http.StatusOK, urls)
}

func (s *Server) withProvider(h func(http.ResponseWriter, *http.Request, object)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		pk, err := strconv.Atoi(r.PathValue("pk"))
		p := find(s.state.providers, "pk", pk)
		if err != nil || p == nil {
			writeNotFound(w)
			return
		}
		h(w, r, p)
	}
}

// jsonText is a value as JSON writes it.
func jsonText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
