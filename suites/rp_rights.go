package suites

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
)

func (c Cell) rpRights() Check {
	return assuming(one("rp.rights", "the administrators' part of Immich is closed to everybody else", rpRights,
		demand("nobody", c.immich(), "without a session the lists of accounts and of settings are refused with 401"),
		demand("person", c.immich(), "with the session of a person who is not an administrator they are refused with 403"),
		demand("first", c.immich(), "nobody signs up as the administrator of a server that has one: 400")), passwords)
}

// rpRights asks for what holds other people's data and the client's secret.
func rpRights(t *check.T, e *Env) {
	person := e.World.Immich.As(e.localUser(t, "local-"+randomName()+"@example.org"))
	for key, as := range map[string]struct {
		client *immich.Client
		status int
	}{"nobody": {e.World.Immich, http.StatusUnauthorized}, "person": {person, http.StatusForbidden}} {
		_, accounts := as.client.Users(t.Context())
		_, settings := as.client.SystemConfig(t.Context())
		t.Confirm(key, func() {
			e.refused(t, "GET /api/admin/users", accounts, as.status)
			e.refused(t, "GET /api/system-config", settings, as.status)
		})
	}
	signedUp := e.World.Immich.SignUpAdmin(t.Context(), "usurper-"+randomName()+"@example.org", rand.Text(), "Usurper")
	t.Confirm("first", func() { e.refused(t, "POST /api/auth/admin-sign-up", signedUp, http.StatusBadRequest) })
}

// refused judges, inside Confirm, that Immich refused with a status.
func (e *Env) refused(t *check.T, what string, err error, status int) {
	var refused *immich.APIError
	if err != nil && !errors.As(err, &refused) {
		t.Block(err)
	}
	if refused == nil || refused.Status != status {
		actual := "it is granted"
		if refused != nil {
			actual = refused.Error()
		}
		t.Find(check.Finding{Message: what + " is not refused as it should be", Expected: http.StatusText(status), Actual: actual})
	}
}
