package fakerp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ssoproof/ssoproof/internal/version"
)

// clockTolerance is by how much the clocks of both products may differ, since v1.132.
const clockTolerance = 30 * time.Second

// algorithms are those that an ID token can be read with; which one is accepted is configured.
var algorithms = [...]jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.HS256, jose.HS384, jose.HS512,
}

// profile is what the OpenID Provider says about somebody.
type profile struct {
	Subject string
	claims  object
	idToken string
	sid     string
}

// profile redeems the code of an answer. Its errors are for the log: the client learns only that it failed.
func (s *Server) profile(ctx context.Context, oauth object, a opAnswer) (*profile, error) {
	op, err := s.discover(ctx, oauth)
	if err != nil {
		return nil, err
	}
	p, err := s.redeem(ctx, oauth, op, a)
	if err != nil {
		return nil, fmt.Errorf("OAuth login failed: %w", err)
	}
	return p, nil
}

func (s *Server) redeem(ctx context.Context, oauth object, op *metadata, a opAnswer) (*profile, error) {
	query := queryOf(a.url)
	switch {
	case query.Get("state") != a.state:
		return nil, errors.New(`unexpected "state" response parameter value`)
	case query.Has("error"):
		return nil, fmt.Errorf("authorization response from the server is an error: %s", query.Get("error"))
	case query.Get("code") == "":
		return nil, errors.New(`no authorization code in "callbackParameters"`)
	}
	tokens, err := s.exchange(ctx, oauth, op, a, query.Get("code"))
	if err != nil {
		return nil, err
	}
	claims, err := s.idClaims(ctx, oauth, op, tokens.IDToken)
	if err != nil {
		return nil, err
	}
	p := &profile{claims: claims, idToken: tokens.IDToken, sid: claims.text("sid")}
	if !s.has(version.IDTokenClaims) || claims.text("email") == "" {
		told, err := s.userinfo(ctx, op, tokens.AccessToken)
		if err != nil {
			return nil, err
		}
		maps.Copy(p.claims, told)
	}
	if p.Subject = p.claims.text("sub"); p.Subject == "" {
		return nil, errors.New("unexpected profile response, no `sub`")
	}
	return p, nil
}

type tokens struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
}

// exchange sends the code to the token endpoint, with the redirect URI that the answer came to.
func (s *Server) exchange(ctx context.Context, oauth object, op *metadata, a opAnswer, code string) (*tokens, error) {
	redirectURI, _, _ := strings.Cut(a.url, "?")
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI}}
	if a.verifier != "" && slices.Contains(op.ChallengeMethods, "S256") {
		form.Set("code_verifier", a.verifier)
	}
	id, secret := oauth.text("clientId"), oauth.text("clientSecret")
	basic := oauth.text("tokenEndpointAuthMethod") == "client_secret_basic" || s.has(version.BasicAuth)
	if !basic {
		form.Set("client_id", id)
		if secret != "" {
			form.Set("client_secret", secret)
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, op.TokenEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("token endpoint: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if basic {
		request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	var issued tokens
	status, err := s.call(request, &issued)
	switch {
	case err != nil:
		return nil, fmt.Errorf("token endpoint: %w", err)
	case status != http.StatusOK:
		return nil, fmt.Errorf("server responded with an error in the response body (%d)", status)
	case issued.IDToken == "":
		return nil, errors.New("the token response has no ID token")
	}
	return &issued, nil
}

// idClaims reads an ID token. As the product does in the code flow since v1.132, it trusts the TLS connection and not the
// signature, but insists on the configured algorithm.
func (s *Server) idClaims(ctx context.Context, oauth object, op *metadata, raw string) (object, error) {
	if strings.Count(raw, ".") == 4 {
		return nil, errors.New("unsupported operation (the ID token is encrypted)")
	}
	token, err := jwt.ParseSigned(raw, algorithms[:])
	if err != nil {
		return nil, fmt.Errorf("invalid response encountered: %w", err)
	}
	if alg := token.Headers[0].Algorithm; alg != oauth.text("signingAlgorithm") {
		return nil, fmt.Errorf(`invalid response encountered: unexpected JWT "alg" header parameter %q`, alg)
	}
	var registered jwt.Claims
	claims := map[string]any{}
	leeway := clockTolerance
	read := func() error { return token.UnsafeClaimsWithoutVerification(&registered, &claims) }
	if s.has(version.SignatureChecked) {
		key, err := s.verificationKey(ctx, oauth, op, jose.SignatureAlgorithm(oauth.text("signingAlgorithm")))
		if err != nil {
			return nil, err
		}
		leeway = 0
		read = func() error { return token.Claims(key, &registered, &claims) }
	}
	if err := read(); err != nil {
		return nil, fmt.Errorf("invalid response encountered: %w", err)
	}
	expected := jwt.Expected{Issuer: op.Issuer, AnyAudience: jwt.Audience{oauth.text("clientId")}, Time: time.Now()}
	if err := registered.ValidateWithLeeway(expected, leeway); err != nil {
		return nil, fmt.Errorf("invalid response encountered: %w", err)
	}
	if registered.Expiry == nil || registered.IssuedAt == nil {
		return nil, errors.New("invalid response encountered: the ID token lacks exp or iat")
	}
	return claims, nil
}

func (s *Server) userinfo(ctx context.Context, op *metadata, accessToken string) (object, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, op.UserinfoEndpoint, nil)
	if err != nil {
		return nil, fmt.Errorf("userinfo: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+accessToken)
	told := object{}
	status, err := s.call(request, &told)
	if err != nil {
		return nil, fmt.Errorf("userinfo: %w", err)
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("userinfo: unexpected HTTP response status code %d", status)
	}
	return told, nil
}
