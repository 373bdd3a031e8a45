package suites

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// wellKnown is the suffix that a guide's issuer may carry; Immich takes both forms (facts of openid-client 5 and 6).
const wellKnown = "/.well-known/openid-configuration"

func discoveryChecks(c Cell) ([]Check, []Exclusion) {
	issuer := c.line(c.Guide.ImmichIssuer)
	return []Check{
		covering(one("discovery.issuer", "authentik's issuer is "+c.Guide.What()+"'s, byte for byte", discoveryIssuer,
			demand("strict", issuer, "the discovered issuer equals the documented one (OpenID Connect Discovery 1.0 §4.3)")),
			"immich_issuer", "application_slug"),
		covering(one("discovery.document", documentTitle, discoveryDocument, endpointsDemand(),
			demand("capabilities", c.immich(), "code flow, %sthe documented scopes and Immich's signing algorithm are offered", c.pkce("PKCE with S256, ")),
			demand("same", issuer, "Immich's back end got the same document as everybody")), "immich_issuer"),
		covering(one("discovery.keys", keysTitle, discoveryKeys, keysDemands(c.immich())...), "signing_key", "immich_signing_algorithm"),
	}, nil
}

// What a run and the doctor say in the same words.
const (
	documentTitle = "the discovery document has what Immich needs"
	keysTitle     = "the published keys verify what authentik signs"
)

func endpointsDemand() check.Requirement {
	return demand("endpoints", "OpenID Connect Discovery 1.0 §3", "every endpoint is there, on authentik's public name, over https")
}

func keysDemands(immich string) []check.Requirement {
	return []check.Requirement{
		demand("usable", "OpenID Connect Discovery 1.0 §3", "the key set holds a valid public key for the algorithm"),
		demand("plain", immich, "ID tokens are not encrypted: Immich cannot read a JWE"),
	}
}

// pkce is a text that holds where Immich uses PKCE.
func (c Cell) pkce(text string) string {
	if c.Immich.Has(version.PKCE) {
		return text
	}
	return ""
}

// issuer is the issuer that the guide gives Immich, less a well-known suffix, its slash kept.
func (e *Env) issuer() string {
	issuer := e.Shared.RP.Issuer
	if base, ok := strings.CutSuffix(issuer, wellKnown); ok {
		return base + "/"
	}
	return issuer
}

// oidcContext makes go-oidc use the stack's client.
func (e *Env) oidcContext(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, e.HTTP)
}

func discoveryIssuer(t *check.T, e *Env) {
	t.Confirm("strict", func() {
		_, err := oidc.NewProvider(e.oidcContext(t.Context()), e.issuer())
		if err != nil {
			t.Block(e.unreachable(t.Context(), err))
			t.Find(check.Finding{
				Message: "go-oidc refuses the issuer that " + e.Guide.What() + " gives Immich", Expected: e.issuer(), Actual: err.Error(),
				Source: e.line(e.Guide.ImmichIssuer),
			})
		}
	})
	t.Observe("issuer", e.issuer())
}

// discoveryURL is where Immich looks for the document of that issuer.
func (e *Env) discoveryURL() string { return strings.TrimSuffix(e.issuer(), "/") + wellKnown }

// unreachable tells an answer that is wrong from no answer at all. A refusal and a redirect are answers: authentik has no
// such issuer.
func (e *Env) unreachable(ctx context.Context, err error) error {
	_, failed := e.get(ctx, e.discoveryURL())
	if other := new(statusError); errors.As(failed, &other) && other.status < http.StatusInternalServerError {
		return nil
	}
	if failed != nil {
		return fmt.Errorf("%w (%w)", err, failed)
	}
	return nil
}

type document struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	Keys          string   `json:"jwks_uri"`
	EndSession    string   `json:"end_session_endpoint"`
	ResponseTypes []string `json:"response_types_supported"`
	Scopes        []string `json:"scopes_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Encryption    []string `json:"id_token_encryption_alg_values_supported"`
}

func (e *Env) discover(t *check.T) (document, []byte) {
	body, err := e.get(t.Context(), e.discoveryURL())
	t.Block(err)
	var d document
	t.Block(json.Unmarshal(body, &d))
	return d, body
}

func discoveryDocument(t *check.T, e *Env) {
	d, body := e.discover(t)
	t.Confirm("endpoints", func() { d.assertEndpoints(t, e.AuthentikURL) })
	t.Confirm("capabilities", func() {
		d.assertCapabilities(t, e.Cell.Immich.Has(version.PKCE), e.Shared.Scope)
		assert.Contains(t, d.Algorithms, e.Shared.Algorithm, "id_token_signing_alg_values_supported")
	})
	d.observe(t)

	before, err := e.Edge.Last(t.Context())
	t.Block(err)
	_, err = e.World.Immich.Authorize(t.Context(), immich.AuthorizeRequest{RedirectURI: e.RedirectURI(journey.LoginPath)})
	t.Confirm("same", func() {
		e.went(t, "Immich starts a login", err)
		seen, err := e.Discovered(t.Context(), before)
		t.Block(err)
		require.Equal(t, http.StatusOK, seen.Status, "authentik's answer to Immich's discovery")
		assert.JSONEq(t, string(body), string(seen.ResponseBody), "the document that Immich got")
	})
}

func discoveryKeys(t *check.T, e *Env) {
	d, _ := e.discover(t)
	body, err := e.get(t.Context(), d.Keys)
	t.Block(err)
	d.confirmKeys(t, body, e.Shared.Algorithm)
}

// assertEndpoints judges, inside Confirm, where a discovery document sends clients.
func (d document) assertEndpoints(t *check.T, authentikURL string) {
	for name, endpoint := range map[string]string{
		"authorization_endpoint": d.Authorization, "token_endpoint": d.Token, "userinfo_endpoint": d.UserInfo,
		"jwks_uri": d.Keys, "end_session_endpoint": d.EndSession,
	} {
		assert.Truef(t, strings.HasPrefix(endpoint, authentikURL+"/"), "%s is %q, not on %s", name, endpoint, authentikURL)
	}
}

// assertCapabilities judges, inside Confirm, what a discovery document offers beside algorithms.
func (d document) assertCapabilities(t *check.T, pkce bool, scope string) {
	assert.Contains(t, d.ResponseTypes, "code", "response_types_supported")
	if pkce {
		assert.Contains(t, d.Challenges, "S256", "code_challenge_methods_supported")
	}
	assert.Subset(t, d.Scopes, strings.Fields(scope), "scopes_supported")
}

func (d document) observe(t *check.T) {
	t.Observe("algorithms", strings.Join(d.Algorithms, " "))
	t.Observe("scopes", strings.Join(d.Scopes, " "))
}

// confirmKeys judges a key set for an algorithm, and that Immich can read what the provider sends.
func (d document) confirmKeys(t *check.T, body []byte, algorithm string) {
	t.Confirm("usable", func() {
		var set jose.JSONWebKeySet
		require.NoError(t, json.Unmarshal(body, &set), "the key set is readable")
		algorithms := []string{}
		for _, key := range set.Keys {
			if key.Valid() && key.IsPublic() && (key.Use == "sig" || key.Use == "") {
				algorithms = append(algorithms, key.Algorithm)
			}
		}
		assert.Contains(t, algorithms, algorithm, "algorithms of the signing keys at %s", d.Keys)
	})
	t.Confirm("plain", func() {
		assert.Empty(t, d.Encryption, "id_token_encryption_alg_values_supported: an encryption key is set on the provider; clear it, the signing key stays")
	})
}

// statusError is another answer than a good one.
type statusError struct {
	address string
	status  int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("GET %s: %d %s", e.address, e.status, http.StatusText(e.status))
}

// get fetches an address of the pair as anybody would.
func (e *Env) get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := e.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = &statusError{address, response.StatusCode}
	}
	return body, err
}
