package fakeop

import (
	"net/http"
	"slices"

	"github.com/ssoproof/ssoproof/internal/version"
)

func (s *Server) routeOAuth() {
	s.mux.HandleFunc("GET /application/o/authorize/{$}", s.authorize)
	s.mux.HandleFunc("POST /application/o/authorize/{$}", s.authorize)
	s.mux.HandleFunc("POST /application/o/token/{$}", s.token)
	s.mux.HandleFunc("GET /application/o/userinfo/{$}", s.userinfo)
	s.mux.HandleFunc("POST /application/o/userinfo/{$}", s.userinfo)
	s.mux.HandleFunc("GET /application/o/{slug}/{$}", s.ofApplication(func(w http.ResponseWriter, r *http.Request, _, app object) {
		redirect(w, "/application/o/"+app.text("slug")+"/.well-known/openid-configuration")
	}))
	s.mux.HandleFunc("GET /application/o/{slug}/.well-known/openid-configuration", s.ofApplication(s.discovery))
	s.mux.HandleFunc("GET /application/o/{slug}/jwks/{$}", s.ofApplication(s.jwks))
	s.mux.HandleFunc("GET /application/o/{slug}/end-session/{$}", s.ofApplication(s.endSession))
}

// ofApplication finds provider and application by the slug in the path.
func (s *Server) ofApplication(h func(w http.ResponseWriter, r *http.Request, p, app object)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		app := find(s.state.applications, "slug", r.PathValue("slug"))
		p := s.state.providerOf(app)
		if p == nil {
			http.NotFound(w, r)
			return
		}
		h(w, r, p, app)
	}
}

func (s *Server) discovery(w http.ResponseWriter, r *http.Request, p, app object) {
	oauth := s.origin(r) + "/application/o/"
	own := oauth + app.text("slug") + "/"
	scopes := s.scopesOf(p)
	if !slices.Contains(scopes, "openid") {
		scopes = append(scopes, "openid")
	}
	document := object{
		"issuer": s.issuer(r, p, app), "authorization_endpoint": oauth + "authorize/", "token_endpoint": oauth + "token/",
		"userinfo_endpoint": oauth + "userinfo/", "end_session_endpoint": own + "end-session/",
		"introspection_endpoint": oauth + "introspect/", "revocation_endpoint": oauth + "revoke/",
		"device_authorization_endpoint": oauth + "device/", "jwks_uri": own + "jwks/",
		"response_types_supported":              []string{"code", "id_token", "id_token token", "code token", "code id_token", "code id_token token"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token", "implicit", "client_credentials", "password", "urn:ietf:params:oauth:grant-type:device_code"},
		"id_token_signing_alg_values_supported": []any{s.algorithm(p)},
		"subject_types_supported":               []string{"public"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
		"acr_values_supported":                  []string{"goauthentik.io/providers/oauth2/default"},
		"scopes_supported":                      scopes,
		"request_parameter_supported":           false,
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "email", "email_verified", "name", "given_name", "preferred_username", "nickname", "groups"},
		"claims_parameter_supported":            false,
		"code_challenge_methods_supported":      []string{"plain", "S256"},
	}
	if s.has(version.BackchannelField) || s.has(version.LogoutFields) {
		document["backchannel_logout_supported"], document["backchannel_logout_session_supported"] = true, true
	}
	if s.faults[pkceHidden] {
		delete(document, "code_challenge_methods_supported")
	}
	if s.faults[endSessionMissing] {
		delete(document, "end_session_endpoint")
	}
	if s.faults[encryptionAnnounced] || p["encryption_key"] != nil {
		document["id_token_encryption_alg_values_supported"] = []string{"RSA-OAEP-256"}
		document["id_token_encryption_enc_values_supported"] = []string{"A256CBC-HS512"}
	}
	writeJSON(w, http.StatusOK, document)
}

// redirect answers 302 with a Location that stays byte for byte what it is.
func redirect(w http.ResponseWriter, location string) {
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusFound)
}
