package fakeop

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// logoutTimeout bounds one call of a client's logout URI.
const logoutTimeout = 30 * time.Second

// sid names a session to clients. Who signs in anew has another.
func (s *session) sid() string {
	sum := sha256.Sum256([]byte(s.key))
	return hex.EncodeToString(sum[:])
}

// signOut ends a session, as the stage of the invalidation flow does.
func (s *Server) signOut(r *http.Request, session *session) {
	if s.faults[signOutFails] {
		return
	}
	if s.has(version.BackchannelField) || s.has(version.LogoutFields) {
		s.tellClients(r, session)
	}
	session.user, session.key = nil, randomHex(32)
}

// tellClients ends the access tokens of a session and sends a logout token for each whose client wants one.
func (s *Server) tellClients(r *http.Request, ended *session) {
	for token, g := range s.state.tokens {
		if g.sid != ended.sid() {
			continue
		}
		delete(s.state.tokens, token)
		if to := logoutURI(g.client); to != "" && !s.faults[logoutUnsent] {
			s.sendLogout(to, g.client, s.logoutToken(r, g, ended))
		}
	}
}

// logoutURI is where a client wants to hear of the end of a session over the back channel; empty where it does not.
func logoutURI(client object) string {
	if method, has := client["logout_method"]; has && method != "backchannel" {
		return ""
	}
	if to := client.text("logout_uri"); to != "" {
		return to
	}
	return client.text("backchannel_logout_uri")
}

func (s *Server) logoutToken(r *http.Request, g *grant, ended *session) object {
	now := s.now()
	claims := object{
		"iss": s.issuer(r, g.client, g.app), "aud": g.client.text("client_id"), "iat": now.Unix(),
		"exp": now.Add(validity(g.client.text("access_token_validity"))).Unix(), "jti": newUUID(),
		"events": object{"http://schemas.openid.net/event/backchannel-logout": object{}},
		"sub":    subject(g.user, g.client.text("sub_mode")), "sid": ended.sid(),
	}
	if s.faults[logoutOther] {
		claims["sid"] = s.otherSession(ended).sid()
	}
	if s.faults[logoutNonce] {
		claims["nonce"] = randomHex(8)
	}
	return claims
}

// otherSession is another session of the same user.
func (s *Server) otherSession(than *session) *session {
	for _, other := range s.state.sessions {
		if other != than && other.user == than.user {
			return other
		}
	}
	return &session{}
}

// sendLogout posts a logout token while the server goes on, as the product's worker does: the client will ask for keys.
func (s *Server) sendLogout(to string, client, claims object) {
	kind := "JWT"
	if s.has(version.LogoutTokenType) {
		kind = "logout+jwt"
	}
	token, err := s.signAs(kind, client, claims)
	if err != nil {
		return // a provider that cannot sign has no sessions either
	}
	form := strings.NewReader(url.Values{"logout_token": {token}}.Encode())
	go func() {
		response, err := s.client.Post(to, "application/x-www-form-urlencoded", form) //nolint:noctx // the client has a timeout
		if err == nil {
			_ = response.Body.Close()
		}
	}()
}
