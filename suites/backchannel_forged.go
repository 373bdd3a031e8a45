package suites

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

const backchannelForged = "logout.backchannel.forged"

func forgedLogoutChecks(c Cell) ([]Check, []Exclusion) {
	if !c.Immich.Has(version.BackchannelLogout) {
		return nil, []Exclusion{{backchannelForged, c.immich() + " takes no logout tokens"}}
	}
	const spec = "OpenID Connect Back-Channel Logout 1.0 §2.6"
	return []Check{{
		ID: backchannelForged, Title: "a logout token that is not right in everything ends no session", Level: check.Must, Body: logoutForged,
		Needs: []string{firstLogins(c)[0].Name()}, Assumes: []string{passwords},
		Requirements: []check.Requirement{
			demand("good", c.immich(), "a logout token that is right in everything is taken, also a minute after it was issued, and ends the session"),
			demand("others", c.immich(), "it ends the sessions of the person that it names, nobody else's"),
			demand("signature", spec, "a logout token that authentik's key has not signed is refused with 400"),
			demand("time", c.immich(), "a logout token that has expired, or was not issued within the last minutes, is refused with 400"),
			demand("audience", spec, "a logout token for another client is refused with 400"),
			demand("issuer", spec, "a logout token of another issuer is refused with 400"),
			demand("event", spec, "a token without the event of a logout is refused with 400"),
			demand("nonce", spec, "a token with a nonce is refused with 400"),
			demand("subject", spec, "a logout token that names neither a person nor a session is refused with 400"),
		},
	}}, nil
}

// forger makes logout tokens for one session.
type forger struct {
	algorithm jose.SignatureAlgorithm
	key       any // authentik's own
	another   any // that authentik does not have
	keyID     string
	kind      string // of token, as its header says
	secret    string // the client's
	claims    func() map[string]any
}

// logoutForged first shows that a token of its making is taken: the others differ from that one in one thing each.
func logoutForged(t *check.T, e *Env) {
	user, visitor := e.newUser(t), e.Visitor()
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	namesake, err := e.NewUserLike(t.Context(), authentik.User{Name: user.Name})
	t.Block(err)
	other, err := e.WebLoginHTTP(t.Context(), namesake)
	t.Block(err)
	f := e.forger(t, e.idToken(t, login.Answer.Code))
	good := f.claims()
	good["iat"] = time.Now().Add(-slowWorker).Unix()
	status, said := e.postLogout(t, f.sign(t, f.key, good))
	t.Confirm("good", func() {
		if status == http.StatusOK && !e.lives(t, login.Session) {
			return
		}
		t.Provisional(unproven(e.Cell.Immich, version.BackchannelLogout), func() {
			t.Find(check.Finding{
				Message: "Immich does not take a good logout token", Expected: "200, and the session is dead", Actual: fmt.Sprintf("%d %s", status, said),
			})
		})
		t.FailNow()
	})
	t.Confirm("others", func() {
		assert.True(t, e.lives(t, other.Session), "the session of another person of the same name lives on")
	})
	session := e.signedInAgain(t, visitor, user)
	for _, c := range f.cases(t) {
		status, said := e.postLogout(t, c.token)
		alive := e.lives(t, session)
		t.Confirm(c.key, func() {
			if status == http.StatusBadRequest && alive {
				return
			}
			actual := strings.TrimSpace(fmt.Sprintf("%d %s", status, said))
			if !alive {
				actual += ", and the session is dead"
			}
			t.Find(check.Finding{Message: "Immich takes a logout token " + c.what, Expected: "400, and the session lives on", Actual: actual})
		})
		if !alive {
			session = e.signedInAgain(t, visitor, user)
		}
	}
}

// slowWorker is how old a good logout token may be: a busy worker of authentik's needed 27 s, and Immich allows two minutes.
const slowWorker = time.Minute

// signedInAgain is a new session in Immich from the same session at authentik.
func (e *Env) signedInAgain(t *check.T, visitor *authentik.Visitor, user authentik.User) *immich.Session {
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	return login.Session
}

func (e *Env) postLogout(t *check.T, token string) (int, string) {
	status, said, err := e.World.Immich.BackchannelLogout(t.Context(), token)
	t.Block(err)
	if status >= http.StatusInternalServerError {
		t.Block(e.Unheard(t.Context(), e.Began))
	}
	return status, said
}

// forger reads authentik's own key, so that a token can be wrong in one claim and in nothing else.
func (e *Env) forger(t *check.T, idToken string) *forger {
	of := unverified(idToken)
	f := &forger{kind: "logout+jwt", algorithm: jose.SignatureAlgorithm(e.Shared.Algorithm), secret: e.Shared.OP.ClientSecret}
	if token, err := jwt.ParseSigned(idToken, []jose.SignatureAlgorithm{f.algorithm}); err == nil {
		f.keyID = token.Headers[0].KeyID
	}
	key, secret, err := e.World.Authentik.SigningKey(t.Context(), e.Shared.OP.ProviderPK)
	e.Trace.Secret(secret)
	switch {
	case errors.Is(err, authentik.ErrNoSigningKey):
		f.key, f.another = []byte(f.secret), []byte(rand.Text()+rand.Text()+rand.Text())
	default:
		t.Block(err)
		f.key = key
		f.another, err = strangers(key)
		t.Block(err)
	}
	f.claims = func() map[string]any {
		now := time.Now()
		claims := map[string]any{
			"iss": e.Shared.OP.Issuer, "aud": e.Shared.OP.ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "jti": rand.Text(),
			"events": map[string]any{logoutEvent: map[string]any{}}, "sub": of["sub"],
		}
		if of["sid"] != "" {
			claims["sid"] = of["sid"]
		}
		return claims
	}
	return f
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// strangers is a key of the same kind.
func strangers(key crypto.Signer) (any, error) {
	switch key.(type) {
	case *rsa.PrivateKey:
		return rsa.GenerateKey(rand.Reader, 2048)
	case *ecdsa.PrivateKey:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return nil, fmt.Errorf("no other key can be made for authentik's, which is a %T", key)
}

func (f *forger) sign(t *check.T, key any, claims map[string]any) string {
	return f.signBy(t, f.algorithm, key, claims)
}

func (f *forger) signBy(t *check.T, algorithm jose.SignatureAlgorithm, key any, claims map[string]any) string {
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(f.kind))
	if f.keyID != "" {
		options = options.WithHeader("kid", f.keyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	t.Block(err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	t.Block(err)
	return token
}

// unsigned is a token that claims to need no signature.
func unsigned(t *check.T, claims map[string]any) string {
	payload, err := json.Marshal(claims)
	t.Block(err)
	header := `{"alg":"none","typ":"logout+jwt"}`
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

// forgedLogout is a logout token that must be refused, and why.
type forgedLogout struct{ key, what, token string }

func (f *forger) cases(t *check.T) []forgedLogout {
	all := []forgedLogout{
		{"signature", "that another key has signed", f.sign(t, f.another, f.claims())},
		{"signature", "that nobody has signed (alg none)", unsigned(t, f.claims())},
	}
	if f.algorithm != jose.HS256 {
		all = append(all, forgedLogout{"signature", "that is signed with the client's secret (HS256)", f.signBy(t, jose.HS256, []byte(f.secret), f.claims())})
	}
	now := time.Now()
	for _, c := range []struct {
		key, what string
		change    map[string]any // nil removes a claim
	}{
		{"time", "that was issued an hour ago", map[string]any{"iat": now.Add(-time.Hour).Unix()}},
		{"time", "that will be issued in an hour", map[string]any{"iat": now.Add(time.Hour).Unix(), "exp": now.Add(2 * time.Hour).Unix()}},
		{"time", "that does not say when it was issued", map[string]any{"iat": nil}},
		{"time", "that has expired", map[string]any{"exp": now.Add(-time.Hour).Unix()}},
		{"audience", "for another client", map[string]any{"aud": "another-client"}},
		{"issuer", "of another issuer", map[string]any{"iss": "https://other.example/application/o/immich/"}},
		{"event", "without an event", map[string]any{"events": nil}},
		{"event", "with another event", map[string]any{"events": map[string]any{"https://other.example/event": map[string]any{}}}},
		{"nonce", "with a nonce", map[string]any{"nonce": rand.Text()}},
		{"subject", "that names nobody", map[string]any{"sub": nil, "sid": nil}},
	} {
		claims := f.claims()
		maps.Copy(claims, c.change)
		maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
		all = append(all, forgedLogout{c.key, c.what, f.sign(t, f.key, claims)})
	}
	return all
}
