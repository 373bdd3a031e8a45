package suites

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// opChecks are the duties of an OpenID Provider that no login of a well-behaved client puts to the proof.
func opChecks(c Cell) ([]Check, []Exclusion) {
	checks := slices.Concat(
		c.opTokenChecks(), c.opLifetimeChecks(), c.opUserInfoChecks(), c.opAnswerChecks(), c.opSessionChecks(), c.opPersonChecks(),
	)
	if v := c.Guide.ClientType; v == nil || !strings.EqualFold(v.Value, "public") {
		return provoking(append([]Check{c.clientSecret()}, checks...)...), nil
	}
	return provoking(checks...), []Exclusion{{"op.client-secret", c.Guide.What() + " makes the client a public one, whose secret authentik does not look at"}}
}

// signedIn is a person who has signed in at authentik once, for all checks over HTTP: a login costs authentik seconds of
// CPU, an authorization in its session next to nothing.
type signedIn struct {
	mu      sync.Mutex // a session does one thing at a time
	user    authentik.User
	visitor *authentik.Visitor // nil until the first check needs it
}

// asSignedIn lends a check the session that all share. It must be left as it was: signed in, nothing under way.
func (e *Env) asSignedIn(t *check.T, do func(*signedIn)) {
	twin := e.protocolTwin(t)
	s := &e.Shared.person
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.visitor == nil {
		s.user = e.newUser(t)
		visitor := authentik.NewVisitor(e.AuthentikURL, e.HTTP)
		t.Block(e.Trace.Step("sign in at authentik, once for all checks over HTTP", func() error {
			_, err := visitor.Authorize(t.Context(), e.AuthorizeURL(twin.ClientID, e.loginURI()), s.user.Username, s.user.Password)
			return err
		}))
		s.visitor = visitor
	}
	do(s)
}

// another signs in somebody else, for what would spoil the shared session.
func (e *Env) another(t *check.T, provider *authentik.Applied) *signedIn {
	s := &signedIn{user: e.newUser(t), visitor: authentik.NewVisitor(e.AuthentikURL, e.HTTP)}
	_, _, err := e.authorize(t, s, provider, nil)
	t.Block(err)
	return s
}

func (e *Env) loginURI() string { return e.RedirectURI(journey.LoginPath) }

// protocolTwin is the documented provider with implicit consent: where somebody is signed in, it answers at once.
func (e *Env) protocolTwin(t *check.T) *authentik.Applied {
	return e.opTwin(t, authentik.ProviderSpec{Name: "Immich protocol", Slug: "immich-protocol"})
}

// otherTwin is another application of the same kind.
func (e *Env) otherTwin(t *check.T) *authentik.Applied {
	return e.opTwin(t, authentik.ProviderSpec{Name: "Immich other", Slug: "immich-other"})
}

func (e *Env) opTwin(t *check.T, spec authentik.ProviderSpec) *authentik.Applied {
	spec.RedirectURIs = []guide.RedirectURI{{URL: e.loginURI(), Matching: guide.Strict, Purpose: guide.Authorization}}
	if spec.AuthorizationFlow == "" {
		spec.AuthorizationFlow = implicitConsent
	}
	twin, err := e.twin(t.Context(), t, spec)
	t.Block(err)
	return twin
}

// authorize goes to authentik with a session, does what it asks, and says what came back.
func (e *Env) authorize(t *check.T, s *signedIn, provider *authentik.Applied, more url.Values) (*authentik.Landing, journey.Answer, error) {
	address := e.Request(provider.ClientID, e.loginURI(), more)
	landing, err := s.visitor.Authorize(t.Context(), address, s.user.Username, s.user.Password)
	if err != nil {
		return nil, journey.Answer{}, err
	}
	answer, err := journey.ParseAnswer(landing.URL)
	return landing, answer, err
}

// code is a fresh code. Where there is none, nothing can be said about codes.
func (e *Env) code(t *check.T, s *signedIn, provider *authentik.Applied, more url.Values) string {
	_, answer, err := e.authorize(t, s, provider, more)
	t.Block(err)
	if answer.Code == "" {
		t.Block(errors.New("authentik answered without a code"))
	}
	return answer.Code
}

// redemption is how the provider's own client redeems a code.
func (e *Env) redemption(provider *authentik.Applied, code string) authentik.Redemption {
	return authentik.Redemption{ClientID: provider.ClientID, ClientSecret: provider.ClientSecret, Code: code, RedirectURI: e.loginURI()}
}

func (e *Env) endpoints() *authentik.Endpoints {
	return &authentik.Endpoints{BaseURL: e.AuthentikURL, HTTP: e.HTTP}
}

// redeem asks for tokens and says what authentik answered.
func (e *Env) redeem(t *check.T, r authentik.Redemption) *authentik.Answer {
	answer, err := e.endpoints().Token(t.Context(), r)
	t.Block(err)
	for _, name := range []string{"access_token", "id_token", "refresh_token"} {
		if token := answer.Text(name); token != "" {
			e.Trace.Secret(token)
		}
	}
	return answer
}

// tokens are those of a fresh code; where there are none, nothing can be said about them.
func (e *Env) tokens(t *check.T, s *signedIn, provider *authentik.Applied) *authentik.Answer {
	answer := e.redeem(t, e.redemption(provider, e.code(t, s, provider, nil)))
	if answer.Text("access_token") == "" {
		t.Block(fmt.Errorf("authentik's token endpoint answered %s", answer))
	}
	return answer
}

// judgeRefusal judges, inside Confirm, that no token was given away, and that the error is one of those.
func judgeRefusal(t *check.T, what string, answer *authentik.Answer, errors ...string) {
	denied := answer.Status == http.StatusBadRequest || answer.Status == http.StatusUnauthorized
	if denied && answer.Text("access_token") == "" && answer.Text("id_token") == "" && slices.Contains(errors, answer.Text("error")) {
		return
	}
	t.Find(check.Finding{
		Message:  what + " gets tokens or another error than it should",
		Expected: "400 or 401 with " + strings.Join(errors, " or ") + ", and no token", Actual: answer.String(),
	})
}

// judgeTokens judges, inside Confirm, that tokens were given.
func judgeTokens(t *check.T, what string, answer *authentik.Answer) {
	if answer.Status != http.StatusOK || answer.Text("access_token") == "" || answer.Text("id_token") == "" {
		t.Find(check.Finding{Message: what + " gets no tokens", Expected: "200 with tokens", Actual: answer.String()})
	}
}
