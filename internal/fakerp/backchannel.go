package fakerp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
		s.logf("Error backchannel logout: %v", err)
		return refuse(http.StatusBadRequest, "Error backchannel logout: token validation failed")
	}
	sid, sub := claims.text("sid"), claims.text("sub")
	if sid == "" && sub == "" {
		return refuse(http.StatusBadRequest, "Invalid logout token: it must contain either a sub or a sid claim")
	}
	bound, known := s.store.get(byOAuthID(sub))
	s.store.end(func(one session) bool {
		if sid != "" {
			return one.sid == sid
		}
		return known && one.userID == bound.id && one.idToken != ""
	})
	w.WriteHeader(http.StatusOK)
	return nil
}

// logoutClaims verifies a logout token as OpenID Connect Back-Channel Logout 1.0 section 2.6 asks.
func (s *Server) logoutClaims(ctx context.Context, oauth object, raw string) (object, error) {
	op, err := s.discover(ctx, oauth)
	if err != nil {
		return nil, err
	}
	algorithm := jose.SignatureAlgorithm(oauth.text("signingAlgorithm"))
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return nil, fmt.Errorf("read the logout token: %w", err)
	}
	key, err := s.verificationKey(ctx, oauth, op, algorithm)
	if err != nil {
		return nil, err
	}
	var registered jwt.Claims
	claims := map[string]any{}
	if err := token.Claims(key, &registered, &claims); err != nil {
		return nil, fmt.Errorf("verify the logout token: %w", err)
	}
	expected := jwt.Expected{Issuer: op.Issuer, AnyAudience: jwt.Audience{oauth.text("clientId")}, Time: time.Now()}
	if err := registered.ValidateWithLeeway(expected, logoutTokenTolerance); err != nil {
		return nil, fmt.Errorf("judge the logout token: %w", err)
	}
	events, _ := asObject(claims["events"])
	_, isLogout := events[logoutEvent]
	_, hasNonce := claims["nonce"]
	if registered.IssuedAt == nil || time.Since(registered.IssuedAt.Time()) > logoutTokenAge+logoutTokenTolerance || !isLogout || hasNonce {
		return nil, errors.New("the logout token is too old or no logout token")
	}
	return claims, nil
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
