package fakerp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ssoproof/ssoproof/internal/version"
)

// clockTolerance is by how much the clocks of both products may differ, since v1.132.
const clockTolerance = 30 * time.Second

// idClaims reads an ID token. As the product does in the code flow since v1.132, it trusts the TLS connection and not the
// signature, but insists on the configured algorithm.
func (s *Server) idClaims(ctx context.Context, oauth object, op *metadata, raw string) (object, error) {
	header, claims, err := readJWT(raw)
	if err != nil {
		return nil, err
	}
	algorithm := oauth.text("signingAlgorithm")
	if header.text("alg") != algorithm && !s.faulty(idTokenAlgorithm) {
		return nil, fmt.Errorf(`unexpected JWT "alg" header parameter %q`, header.text("alg"))
	}
	if s.has(version.SignatureChecked) && !s.faulty(idTokenSignature) {
		if err := s.verify(ctx, oauth, op, raw, jose.SignatureAlgorithm(algorithm)); err != nil {
			return nil, err
		}
	}
	return claims, s.judgeIDToken(oauth, op, claims)
}

// readJWT takes a signed token apart, whoever has signed it.
func readJWT(raw string) (header, claims object, err error) {
	parts := strings.Split(raw, ".")
	switch len(parts) {
	case 3:
	case 5:
		return nil, nil, errors.New("unsupported operation (the ID token is encrypted)")
	default:
		return nil, nil, errors.New("invalid JWT")
	}
	for i, into := range []*object{&header, &claims} {
		decoded, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(decoded, into)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("invalid JWT: %w", err)
		}
	}
	return header, claims, nil
}

func (s *Server) verify(ctx context.Context, oauth object, op *metadata, raw string, algorithm jose.SignatureAlgorithm) error {
	key, err := s.verificationKey(ctx, oauth, op, algorithm)
	if err != nil {
		return err
	}
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return fmt.Errorf("failed to validate JWT signature: %w", err)
	}
	if err := token.Claims(key, &map[string]any{}); err != nil {
		return fmt.Errorf("failed to validate JWT signature: %w", err)
	}
	return nil
}

// judgeIDToken looks at whose token it is, for whom and when.
func (s *Server) judgeIDToken(oauth object, op *metadata, claims object) error {
	for _, name := range [...]string{"iss", "sub", "aud", "exp", "iat"} {
		if claims[name] == nil && !s.faulty(idTokenHoles) {
			return fmt.Errorf("JWT %q claim missing", name)
		}
	}
	if issuer := claims["iss"]; issuer != nil && issuer != op.Issuer && !s.faulty(idTokenIssuer) {
		return fmt.Errorf(`unexpected JWT "iss" claim value %v`, issuer)
	}
	if !s.faulty(idTokenAudience) {
		if err := s.judgeAudience(oauth.text("clientId"), claims); err != nil {
			return err
		}
	}
	if nonce := claims["nonce"]; nonce != nil && !s.faulty(idTokenNonce) { // the product sends none
		return errors.New(`unexpected ID token "nonce" claim value`)
	}
	if s.faulty(idTokenTime) {
		return nil
	}
	return s.judgeTimes(claims)
}

// judgeAudience wants the client among the audiences and, where there are several, named by azp.
func (s *Server) judgeAudience(client string, claims object) error {
	var audiences []any
	switch aud := claims["aud"].(type) {
	case nil:
		return nil // its absence is judged elsewhere
	case []any:
		audiences = aud
	default:
		audiences = []any{aud}
	}
	if !slices.Contains(audiences, any(client)) {
		return errors.New(`unexpected JWT "aud" claim value`)
	}
	party := claims["azp"]
	switch {
	case party == nil && len(audiences) > 1:
		return errors.New(`ID token "aud" claim includes additional untrusted audiences`)
	case party != nil && party != client && (len(audiences) > 1 || s.has(version.PartyChecked)):
		return errors.New(`unexpected ID token "azp" claim value`)
	}
	return nil
}

func (s *Server) judgeTimes(claims object) error {
	tolerance := clockTolerance
	if s.has(version.SignatureChecked) {
		tolerance = 0
	}
	now := float64(time.Now().Unix())
	for _, name := range [...]string{"exp", "iat", "nbf"} {
		if _, number := claims[name].(float64); claims[name] != nil && !number {
			return fmt.Errorf("unexpected JWT %q claim type", name)
		}
	}
	if expiry, ok := claims["exp"].(float64); ok && expiry <= now-tolerance.Seconds() {
		return errors.New(`unexpected JWT "exp" claim value, expiration is past current timestamp`)
	}
	if begin, ok := claims["nbf"].(float64); ok && begin > now+tolerance.Seconds() {
		return errors.New(`unexpected JWT "nbf" claim value`)
	}
	return nil
}
