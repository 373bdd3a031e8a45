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

	"github.com/ssoproof/ssoproof/internal/version"
)

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
		return nil, &loginError{reason: err, brief: s.tellsReason()}
	}
	return p, nil
}

func (s *Server) redeem(ctx context.Context, oauth object, op *metadata, a opAnswer) (*profile, error) {
	query := queryOf(a.url)
	if err := s.judgeAnswer(op, a, query); err != nil {
		return nil, err
	}
	tokens, err := s.exchange(ctx, oauth, op, a, query.Get("code"))
	if err != nil {
		return nil, err
	}
	p := &profile{claims: object{}, idToken: tokens.IDToken}
	if tokens.IDToken != "" {
		if p.claims, err = s.idClaims(ctx, oauth, op, tokens.IDToken); err != nil {
			return nil, fmt.Errorf("invalid response encountered: %w", err)
		}
		p.sid = p.claims.text("sid")
	}
	if !s.has(version.IDTokenClaims) || p.claims["email"] == nil {
		if expected := oauth.text("profileSigningAlgorithm"); expected != "" && expected != "none" {
			return nil, errors.New("JWT UserInfo Response expected") // authentik never signs it
		}
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

// judgeAnswer looks at what came back, before anything is asked of the OpenID Provider.
func (s *Server) judgeAnswer(op *metadata, a opAnswer, query url.Values) error {
	if issuer := query.Get("iss"); issuer != "" && issuer != op.Issuer && !s.faulty(answerIssuer) {
		return errors.New(`unexpected "iss" (issuer) response parameter value`)
	}
	given := query.Get("state")
	excused := s.faulty(stateOptional) && (given == "" || a.state == "")
	if s.has(version.PKCE) && (given == "" || given != a.state) && !excused {
		return errors.New(`unexpected "state" response parameter value`)
	}
	switch {
	case query.Has("error"):
		return fmt.Errorf("authorization response from the server is an error: %s", query.Get("error"))
	case query.Get("code") == "":
		return errors.New(`no authorization code in "callbackParameters"`)
	}
	return nil
}

type tokens struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
	Type        string `json:"token_type"`
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
	}
	return &issued, s.judgeTokens(&issued)
}

// judgeTokens looks at what a token response holds.
func (s *Server) judgeTokens(issued *tokens) error {
	if s.has(version.TokenTypeChecked) && !s.faulty(tokenType) {
		if issued.AccessToken == "" {
			return errors.New(`"response" body "access_token" property must be a string`)
		}
		if kind := strings.ToLower(issued.Type); kind != "bearer" && kind != "dpop" {
			return fmt.Errorf("unsupported `token_type` value %q", issued.Type)
		}
	}
	if issued.IDToken == "" && !s.has(version.IDTokenOptional) {
		return errors.New("id_token not present in TokenSet")
	}
	return nil
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
