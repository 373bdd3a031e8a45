package fakeop

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// token redeems an authorization code.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		tokenError(w, "invalid_request", "The request is malformed.")
		return
	}
	client := s.clientOf(r)
	if client == nil {
		tokenError(w, "invalid_client", badClient)
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" { // the double knows the code flow only
		tokenError(w, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server")
		return
	}
	code := r.PostForm.Get("code")
	if code != "" && !s.faults[redirectIgnored] && !s.allowed(client, r.PostForm.Get("redirect_uri")) {
		s.note(r, configurationError, nil, object{
			"message": "Invalid redirect URI used by provider", "provider": object{"name": client.text("name")}, "redirect_uri": r.PostForm.Get("redirect_uri"),
		})
		tokenError(w, "invalid_client", badClient) // the product's choice of words
		return
	}
	g := s.grantOf(code, client)
	if g == nil || !s.verified(g, r.PostForm.Get("code_verifier")) {
		tokenError(w, "invalid_grant", "The provided authorization grant or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client")
		return
	}
	if !s.faults[codeReusable] {
		delete(s.state.codes, code)
	}
	s.issueTokens(w, r, g)
}

const badClient = "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)"

// grantOf is what a code stands for, for the client that asked for it and until its time is over; nil: nothing.
func (s *Server) grantOf(code string, client object) *grant {
	g := s.state.codes[code]
	if g == nil && s.faults[codeForAnyone] {
		return &grant{user: s.state.users[0], client: client, app: s.state.applicationOf(client), scopes: s.scopesOf(client)}
	}
	if g == nil || time.Now().After(g.expires) || g.client["pk"] != client["pk"] && !s.faults[codeOfAnother] {
		return nil
	}
	return g
}

// clientOf authenticates a client by header or body; nil if it cannot.
func (s *Server) clientOf(r *http.Request) object {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	client := find(s.state.providers, "client_id", id)
	if client == nil || !ok && s.faults[postRefused] {
		return nil
	}
	if s.faults[secretIgnored] {
		return client
	}
	if client.text("client_type") == "confidential" && subtle.ConstantTimeCompare([]byte(client.text("client_secret")), []byte(secret)) != 1 {
		return nil
	}
	return client
}

// verified checks PKCE. A verifier without a challenge is refused too, or an attacker could strip the challenge.
func (s *Server) verified(g *grant, verifier string) bool {
	if s.faults[verifierIgnored] {
		return true
	}
	switch {
	case g.challenge == "":
		return verifier == "" || s.faults[downgrade]
	case verifier == "":
		return s.faults[verifierOptional]
	case g.method == "S256" && !(s.faults[challengeVerifies] && verifier == g.challenge):
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return g.challenge == verifier
}

func (s *Server) issueTokens(w http.ResponseWriter, r *http.Request, g *grant) {
	claims := s.idToken(r, g)
	id, err := s.sign(g.client, claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	access := maps.Clone(claims)
	access["azp"], access["uid"] = g.client.text("client_id"), randomHex(40)
	accessToken, err := s.sign(g.client, access)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	lifetime := validity(g.client.text("access_token_validity"))
	issued := *g
	issued.expires = time.Now().Add(lifetime)
	s.state.tokens[accessToken] = &issued
	answer := object{"access_token": accessToken, "token_type": "Bearer", "expires_in": int(lifetime.Seconds()), "id_token": id}
	if s.faults[tokenTypeMissing] {
		delete(answer, "token_type")
	}
	if s.has(version.TokenScope) {
		answer["scope"] = strings.Join(g.scopes, " ")
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, answer)
}

func tokenError(w http.ResponseWriter, code, description string) {
	writeJSON(w, http.StatusBadRequest, object{"error": code, "error_description": description})
}
