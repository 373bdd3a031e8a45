package fakerp

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// wellKnown is what a configured issuer is completed with, unless it names a well-known URL itself.
const wellKnown = "/.well-known/openid-configuration"

// metadata is what the double reads of an OpenID Provider's discovery document.
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
}

// discover fetches the discovery document: at every login, link and logout, as the product does. What goes wrong is told
// to the caller in the words of the product's library.
func (s *Server) discover(ctx context.Context, oauth object) (*metadata, error) {
	op, err := s.fetchMetadata(ctx, oauth)
	if err != nil {
		s.log(ctx, erroneous, "OAuthRepository", "Error in OAuth discovery: %v", err)
		return nil, refuse(http.StatusInternalServerError, "Error in OAuth discovery: "+err.Error())
	}
	return op, nil
}

// discoveryError carries the product's words and, for the log, the cause that the product does not tell.
type discoveryError struct {
	text  string
	cause error
}

func (e *discoveryError) Error() string { return e.text }
func (e *discoveryError) Unwrap() error { return e.cause }

func (s *Server) fetchMetadata(ctx context.Context, oauth object) (*metadata, error) {
	configured := oauth.text("issuerUrl")
	issuer, err := url.Parse(configured)
	if err != nil || !issuer.IsAbs() {
		return nil, &discoveryError{"TypeError: Invalid URL", err}
	}
	if issuer.Scheme != "https" && s.secureOnly(oauth) {
		return nil, insecure()
	}
	verbatim := strings.Contains(configured, "/.well-known/")
	from := configured
	if !verbatim {
		from = strings.TrimSuffix(configured, "/") + wellKnown
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, &discoveryError{"TypeError: Invalid URL", err}
	}
	var op metadata
	status, err := s.call(request, &op)
	switch {
	case status == 0:
		return nil, s.unreachable(issuer, err)
	case status != http.StatusOK || err != nil:
		return nil, s.unexpected(status, err)
	}
	if s.has(version.StrictIssuer) && !verbatim && href(op.Issuer) != href(configured) {
		return nil, &discoveryError{"ClientError: discovered metadata issuer does not match the expected issuer", nil}
	}
	return &op, nil
}

// secureOnly reports whether the product's library refuses what is asked by http: the issuer, and an authorization endpoint
// of the document (seen on v3.1.0).
func (s *Server) secureOnly(oauth object) bool {
	return s.has(version.SecureIssuerOnly) && !oauth.on("allowInsecureRequests")
}

func insecure() error { return &discoveryError{"ClientError: only requests to HTTPS are allowed", nil} }

// unreachable is what the product says when no answer came: its library of old tells the cause, the newer one does not.
func (s *Server) unreachable(issuer *url.URL, cause error) error {
	if s.has(version.StrictIssuer) {
		return &discoveryError{"TypeError: fetch failed", cause}
	}
	if unknown := new(x509.UnknownAuthorityError); errors.As(cause, unknown) {
		return &discoveryError{"Error: self-signed certificate in certificate chain", cause}
	}
	return &discoveryError{"Error: getaddrinfo ENOTFOUND " + issuer.Hostname(), cause}
}

func (s *Server) unexpected(status int, cause error) error {
	if s.has(version.StrictIssuer) {
		return &discoveryError{"ClientError: unexpected HTTP response status code", cause}
	}
	return &discoveryError{fmt.Sprintf("OPError: expected 200 OK, got: %d %s", status, http.StatusText(status)), cause}
}

// answerLimit bounds what is read of an answer, in bytes.
const answerLimit = 1 << 20

// call sends a request over the back channel and decodes the answer's JSON. The status is 0 where no answer came.
func (s *Server) call(r *http.Request, out any) (status int, err error) {
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "openid-client/6 (double)")
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode == http.StatusOK {
		err = json.Unmarshal(body, out)
	}
	return answer.StatusCode, err
}

// href writes a URL as browsers and Node compare it: host in lower case, a path that is never empty.
func href(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.Host = strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}
