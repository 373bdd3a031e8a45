package fakeop

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// issuer is the identifier of a provider, in the mode that it is set to.
func (s *Server) issuer(r *http.Request, p, app object) string {
	issuer := s.origin(r) + "/application/o/" + app.text("slug") + "/"
	if p.text("issuer_mode") == "global" {
		issuer = s.origin(r) + "/"
	}
	if s.faults[issuerWithoutSlash] {
		issuer = strings.TrimSuffix(issuer, "/")
	}
	return issuer
}

// subject is a user's sub in one of the provider's subject modes.
func subject(u *user, mode string) string {
	switch mode {
	case "user_id":
		return strconv.Itoa(u.pk)
	case "user_uuid":
		return u.uuid
	case "user_username":
		return u.username
	case "user_email":
		return u.email
	}
	sum := sha256.Sum256([]byte(u.uuid))
	return hex.EncodeToString(sum[:])
}

// subject is the sub of a grant's person, in the mode of its provider.
func (s *Server) subject(g *grant) string {
	mode := g.client.text("sub_mode")
	if s.faults[subjectFixed] {
		mode = "hashed_user_id"
	}
	return subject(g.user, mode)
}

// scopesOf are the names of the scopes that a provider has mappings for.
func (s *Server) scopesOf(p object) []string {
	var scopes []string
	selected, _ := p["property_mappings"].([]any)
	for _, pk := range selected {
		if m := find(s.state.mappings, "pk", pk); m != nil {
			scopes = append(scopes, m.text("scope_name"))
		}
	}
	return scopes
}

// mapped are the claims that a provider's mappings of scopes yield.
func (s *Server) mapped(r *http.Request, p object, u *user, scopes []string) object {
	claims := object{}
	selected, _ := p["property_mappings"].([]any)
	for _, pk := range selected {
		m := find(s.state.mappings, "pk", pk)
		switch {
		case m == nil, !slices.Contains(scopes, m.text("scope_name")):
		case m["managed"] == nil:
			maps.Copy(claims, s.evaluated(r, u, m))
		default:
			maps.Copy(claims, s.builtIn(u, m.text("scope_name")))
		}
	}
	return claims
}

// builtIn are the claims of authentik's own mapping of a scope.
func (s *Server) builtIn(u *user, scope string) object {
	claims := object{}
	if scope == "email" && !s.faults[emailMissing] {
		claims["email"] = u.email
		claims["email_verified"] = !s.has(version.EmailUnverified)
	}
	if scope == "profile" {
		claims["name"] = u.name
		claims["given_name"] = u.name
		if !s.faults[usernameMissing] {
			claims["preferred_username"] = u.username
		}
		claims["nickname"] = u.username
		claims["groups"] = []string{}
	}
	return claims
}

// idToken are the claims of an ID token.
func (s *Server) idToken(r *http.Request, g *grant) object {
	now := s.now()
	claims := object{
		"iss": s.issuer(r, g.client, g.app), "sub": s.subject(g), "aud": g.client.text("client_id"),
		"iat": now.Unix(), "exp": now.Add(validity(g.client.text("access_token_validity"))).Unix(), "auth_time": g.authTime.Unix(),
		"acr": "goauthentik.io/providers/oauth2/default", "amr": []string{"pwd"}, "sid": g.sid,
	}
	if g.nonce != "" && !s.faults[nonceLost] {
		claims["nonce"] = g.nonce
	}
	if g.client["include_claims_in_id_token"] == true {
		maps.Copy(claims, s.mapped(r, g.client, g.user, g.scopes))
	}
	if s.faults[expiredToken] {
		claims["iat"], claims["exp"] = now.Add(-2*time.Hour).Unix(), now.Add(-time.Hour).Unix()
	}
	if s.faults[wrongAudience] {
		claims["aud"] = "somebody-else"
	}
	if s.faults[secondAudience] {
		claims["aud"] = []string{g.client.text("client_id"), "somebody-else"}
	}
	return claims
}

// validity reads a duration as authentik writes it: "minutes=1", "hours=1;minutes=5". What cannot be read counts
// nothing, as for an empty one.
func validity(text string) time.Duration {
	units := map[string]time.Duration{
		"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
	}
	var total time.Duration
	for part := range strings.SplitSeq(text, ";") {
		unit, number, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(number)
		if err == nil {
			total += time.Duration(n) * units[unit]
		}
	}
	return total
}

// evaluated are the claims of a mapping that an administrator made. One that raises an exception has none, which the
// product writes down; nor has one that returns no dict (authentik/providers/oauth2/views/userinfo.py).
func (s *Server) evaluated(r *http.Request, u *user, m object) object {
	value, err := evaluate(u, m.text("expression"))
	if err != nil {
		s.note(r, configurationError, u, object{"message": "Failed to evaluate property-mapping: '" + m.text("name") + "'"})
		return object{}
	}
	claims, ok := asObject(value)
	if !ok {
		return object{}
	}
	if s.faults[claimsAsText] {
		for key, value := range claims {
			if _, isText := value.(string); !isText {
				claims[key] = jsonText(value)
			}
		}
	}
	return claims
}
