package suites

import (
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/check"
)

func (c Cell) opUserInfoChecks() []Check {
	return []Check{one("op.userinfo", "userinfo answers who brings an access token, and nobody else", opUserInfo,
		demand("without", "OpenID Connect Core 1.0 §5.3.1", "a request without an access token is refused with 401"),
		demand("wrong", "RFC 6750 §3.1", "a token that was never issued is refused with 401, and so is an ID token"),
		demand("right", "OpenID Connect Core 1.0 §5.3.2", "with the access token of a person the claims of that person come"))}
}

func opUserInfo(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
	e.asSignedIn(t, func(s *signedIn) {
		tokens := e.tokens(t, s, provider)
		e.judgeUserInfo(t, "without", "somebody without a token", "", http.StatusUnauthorized)
		e.judgeUserInfo(t, "wrong", "an access token that was altered", tokens.Text("access_token")+"x", http.StatusUnauthorized)
		e.judgeUserInfo(t, "wrong", "a token that was never issued", "never-issued", http.StatusUnauthorized)
		e.judgeUserInfo(t, "wrong", "an ID token in the place of an access token", tokens.Text("id_token"), http.StatusUnauthorized)
		claims := e.judgeUserInfo(t, "right", "the access token", tokens.Text("access_token"), http.StatusOK)
		t.Confirm("right", func() {
			if claims["sub"] != s.user.Subject {
				t.Find(check.Finding{Message: "userinfo names another subject", Expected: s.user.Subject, Actual: fmt.Sprint(claims["sub"])})
			}
		})
	})
}

// judgeUserInfo asks userinfo with a token and judges the status; claims where it is not 200 are a finding as well.
func (e *Env) judgeUserInfo(t *check.T, key, what, token string, status int) map[string]any {
	answer, err := e.endpoints().UserInfo(t.Context(), token)
	t.Block(err)
	t.Confirm(key, func() {
		if answer.Status == status && (status == http.StatusOK || answer.Text("sub") == "") {
			return
		}
		t.Find(check.Finding{
			Message: "userinfo, asked with " + what, Expected: fmt.Sprintf("%d %s", status, http.StatusText(status)), Actual: answer.String(),
		})
	})
	return answer.Fields
}
