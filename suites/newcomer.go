package suites

import (
	"crypto/rand"
	"strings"
	"sync"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// newcomer is a person who has logged in to Immich over HTTP, for all checks that need one and leave the account and this
// session as they were: a login costs seconds of CPU.
type newcomer struct {
	mu      sync.Mutex
	user    authentik.User
	visitor *authentik.Visitor
	session *immich.Session // of the first login; nil until the first check needs it
	me      *immich.User    // as it was right after that
}

// asNewcomer lends a check the newcomer.
func (e *Env) asNewcomer(t *check.T, do func(*newcomer)) {
	n := &e.Shared.newcomer
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.session == nil {
		user, visitor := e.newUser(t), e.Visitor()
		login, err := e.WebLoginAs(t.Context(), visitor, user)
		t.Block(err)
		me, err := e.World.Immich.As(login.Session).Me(t.Context())
		t.Block(err)
		n.user, n.visitor, n.session, n.me = user, visitor, login.Session, me
	}
	do(n)
}

func randomName() string { return strings.ToLower(rand.Text()[:8]) }
