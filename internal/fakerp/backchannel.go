package fakerp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The limits of the product for a logout token.
const (
	logoutTokenAge       = 2 * time.Minute
	logoutTokenTolerance = 5 * time.Second
	logoutEvent          = "http://schemas.openid.net/event/backchannel-logout"
)

// backchannelLogout ends the sessions that a logout token of the OpenID Provider names.
func (s *Server) backchannelLogout(w http.ResponseWriter, r *http.Request) error {
	oauth := s.store.settings("oauth")
	if !oauth.on("enabled") {
		return refuse(http.StatusBadRequest, "Received backchannel logout request but OAuth is not enabled")
	}
	claims, err := s.logoutClaims(r.Context(), oauth, r.PostFormValue("logout_token"))
	if err != nil {
		s.log(r.Context(), erroneous, "AuthService", "Error backchannel logout: %v", err)
		return refuse(http.StatusBadRequest, "Error backchannel logout: token validation failed")
	}
	sid, sub := claims.text("sid"), claims.text("sub")
	if sid == "" && sub == "" && !s.faulty(logoutNobody) {
		return refuse(http.StatusBadRequest, "Invalid logout token: it must contain either a sub or a sid claim")
	}
	if !s.faulty(logoutDeaf) {
		s.endNamed(sid, sub)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// endNamed ends the sessions that a logout token names: by its session, by its person, or by both.
func (s *Server) endNamed(sid, sub string) {
	bound, known := s.store.get(byOAuthID(sub))
	if s.faulty(logoutEverywhere) && known {
		sid = ""
	}
	if known && s.faulty(logoutNamesakes) {
		s.endNamesakes(bound)
	}
	ended := s.store.end(func(one session) bool {
		ofSession := sid != "" && one.sid == sid
		ofPerson := sub != "" && known && one.userID == bound.id
		switch {
		case sid != "" && sub != "":
			return ofSession && ofPerson
		case sid != "":
			return ofSession
		}
		return ofPerson
	})
	s.tellPages(ended)
}

// endNamesakes ends the sessions of everybody who is called like somebody.
func (s *Server) endNamesakes(of user) {
	var called []string
	for _, u := range s.store.all() {
		if u.name == of.name {
			called = append(called, u.id)
		}
	}
	s.store.end(func(one session) bool { return slices.Contains(called, one.userID) })
}

// logoutClaims verifies a logout token as the product does: signature, issuer, audience, age, event, no nonce.
func (s *Server) logoutClaims(ctx context.Context, oauth object, raw string) (object, error) {
	op, err := s.discover(ctx, oauth)
	if err != nil {
		return nil, err
	}
	algorithm := jose.SignatureAlgorithm(oauth.text("signingAlgorithm"))
	key, err := s.verificationKey(ctx, oauth, op, algorithm)
	if err != nil {
		return nil, err
	}
	var registered jwt.Claims
	claims := map[string]any{}
	if err := s.readLogoutToken(raw, algorithm, key, &registered, &claims); err != nil {
		return nil, fmt.Errorf("read the logout token: %w", err)
	}
	if err := s.judgeLogoutToken(oauth, op, registered); err != nil {
		return nil, err
	}
	events, _ := asObject(claims["events"])
	if _, isLogout := asObject(events[logoutEvent]); !isLogout && !s.faulty(logoutEvents) {
		return nil, errors.New("missing backchannel-logout event claim")
	}
	if nonce := claims["nonce"]; nonce != nil && nonce != "" && !s.faulty(logoutNonce) {
		return nil, errors.New("logout token must not contain a nonce")
	}
	return claims, nil
}

func (s *Server) readLogoutToken(raw string, algorithm jose.SignatureAlgorithm, key any, into ...any) error {
	if s.faulty(logoutUnsigned) {
		parts := strings.Split(raw, ".")
		if len(parts) != 3 {
			return errors.New("it is no JWT")
		}
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		for _, one := range into {
			err = errors.Join(err, json.Unmarshal(payload, one))
		}
		return err
	}
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return err
	}
	return token.Claims(key, into...)
}

// judgeLogoutToken looks at whose token it is, for whom and how old.
func (s *Server) judgeLogoutToken(oauth object, op *metadata, token jwt.Claims) error {
	expected := jwt.Expected{Issuer: op.Issuer, AnyAudience: jwt.Audience{oauth.text("clientId")}, Time: time.Now()}
	if s.faulty(logoutIssuer) {
		expected.Issuer = ""
	}
	if s.faulty(logoutAudience) {
		expected.AnyAudience = nil
	}
	if s.faulty(logoutStale) {
		token.Expiry, token.IssuedAt = nil, jwt.NewNumericDate(time.Now())
	}
	if err := token.ValidateWithLeeway(expected, logoutTokenTolerance); err != nil {
		return fmt.Errorf("judge the logout token: %w", err)
	}
	if token.IssuedAt == nil || time.Since(token.IssuedAt.Time()) > logoutTokenAge+logoutTokenTolerance {
		return errors.New("the logout token is too old, or does not tell its age")
	}
	return nil
}

// verificationKey is the client's secret for HS algorithms, else the published key set.
func (s *Server) verificationKey(ctx context.Context, oauth object, op *metadata, algorithm jose.SignatureAlgorithm) (any, error) {
	switch algorithm {
	case jose.HS256, jose.HS384, jose.HS512:
		return []byte(oauth.text("clientSecret")), nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, op.JWKSURI, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch the keys: %w", err)
	}
	var set jose.JSONWebKeySet
	status, err := s.call(request, &set)
	if err != nil || status != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("fetch the keys: status %d", status), err)
	}
	return &set, nil
}
