package suites

import (
	"net/http"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// passwordOff is for who switches passwords off so that authentik alone opens Immich: a page without the form is not enough.
func (c Cell) passwordOff() Check {
	return assuming(c.switching("rp.password", "with password login switched off no password opens Immich", rpPassword, []check.Requirement{
		demand("on", c.immich(), "while password login is on, the pages are told so, and a local account's password opens it"),
		demand("off", c.immich(), "while password login is off, the pages are told so, and the right password is refused with 401"),
		demand("oauth", c.immich(), "while password login is off, who comes from authentik gets in"),
		demand("again", c.immich(), "when password login is on again, the password opens the account as before"),
	}), passwords)
}

func rpPassword(t *check.T, e *Env) {
	e.asSignedIn(t, func(s *signedIn) {
		local, password, err := e.NewLocalAccount(t.Context(), immich.User{Email: otherEmail(s.user.Email)})
		opens := func() { e.passwordOpens(t, local.Email, password, local.UserID) }
		t.Confirm("on", func() {
			e.went(t, "the login with a local account's password", err)
			opens()
			e.judgePasswordTold(t, true)
		})
		e.changeSection(t, "passwordLogin", map[string]any{"enabled": false})
		_, err = e.World.Immich.Login(t.Context(), local.Email, password)
		t.Confirm("off", func() {
			e.refused(t, "a login by password while that is off", err, http.StatusUnauthorized)
			e.judgePasswordTold(t, false)
		})
		_, err = e.World.Immich.Callback(t.Context(), e.attempt(t, s, journey.LoginPath).Callback())
		t.Confirm("oauth", func() { e.went(t, "a login through authentik while password login is off", err) })
		e.changeSection(t, "passwordLogin", map[string]any{"enabled": true})
		t.Confirm("again", opens)
	})
}

func (e *Env) judgePasswordTold(t *check.T, on bool) {
	told, err := e.World.Immich.Features(t.Context())
	t.Block(err)
	assert.Equal(t, on, told["passwordLogin"], "passwordLogin among the features")
}
