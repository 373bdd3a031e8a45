package fakerp

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// user is an account of Immich.
type user struct {
	id, email, name  string
	password         string // empty: cannot log in with one
	oauthID          string
	storageLabel     string
	admin, onboarded bool
	changePassword   bool // must be changed at the next login with it
	deleted          bool // the row stays: only the worker that is not doubled removes it
	created          time.Time
	quota            *int64 // in bytes; nil: none
	former           string // identity that was unlinked
}

// session is a login.
type session struct {
	token   string
	userID  string
	idToken string // of an OAuth login, for the logout hint
	sid     string // the ID token's, for a back-channel logout

	over chan struct{} // closed when its pages are told that it has ended
}

// store is everything that the double remembers. Users are handed out as copies.
type store struct {
	mu              sync.Mutex
	users           []*user
	sessions        map[string]session
	keys            map[string]apiKey // by secret; an upgrade of the double forgets them
	defaults        object            // of the configuration
	config          object
	adminOnboarding bool
}

func newStore(defaults object) *store {
	return &store{sessions: map[string]session{}, keys: map[string]apiKey{}, defaults: defaults, config: clone(defaults)}
}

func (s *store) find(match func(*user) bool) *user {
	i := slices.IndexFunc(s.users, func(u *user) bool { return !u.deleted && match(u) })
	if i < 0 {
		return nil
	}
	return s.users[i]
}

func byID(id string) func(*user) bool { return func(u *user) bool { return u.id == id } }

func byEmail(email string) func(*user) bool { return func(u *user) bool { return u.email == email } }

func byOAuthID(sub string) func(*user) bool { return func(u *user) bool { return u.oauthID == sub } }

// all returns the accounts that are not deleted.
func (s *store) all() []user {
	s.mu.Lock()
	defer s.mu.Unlock()
	var users []user
	for _, u := range s.users {
		if !u.deleted {
			users = append(users, *u)
		}
	}
	return users
}

// get returns an account.
func (s *store) get(match func(*user) bool) (user, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.find(match)
	if u == nil {
		return user{}, false
	}
	return *u, true
}

// update changes an account and returns it.
func (s *store) update(id string, change func(*user)) (user, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.find(byID(id))
	if u == nil {
		return user{}, false
	}
	change(u)
	return *u, true
}

// create adds an account, unless its e-mail is taken.
func (s *store) create(u user) (user, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken(u.email) {
		return user{}, refuse(http.StatusBadRequest, "User exists")
	}
	return s.add(u), nil
}

// taken reports whether an account has an e-mail, deleted or not. The caller holds the lock.
func (s *store) taken(email string) bool { return slices.ContainsFunc(s.users, byEmail(email)) }

// add adds an account. The caller holds the lock.
func (s *store) add(u user) user {
	u.id, u.created = uuid.NewString(), time.Now()
	s.users = append(s.users, &u)
	return u
}

// start opens a session.
func (s *store) start(opened session) session {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened.token, opened.over = randomToken(), make(chan struct{})
	s.sessions[opened.token] = opened
	return opened
}

// session finds a session and its user.
func (s *store) session(token string) (session, user, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.sessions[token]
	if !ok {
		return session{}, user{}, false
	}
	u := s.find(byID(found.userID))
	if u == nil {
		return session{}, user{}, false
	}
	return found, *u, true
}

// end closes the sessions that match, and returns them.
func (s *store) end(match func(session) bool) (ended []session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.sessions, func(_ string, one session) bool {
		if match(one) {
			ended = append(ended, one)
			return true
		}
		return false
	})
	return ended
}

// randomToken is 256 random bits, as text that needs no escaping.
func randomToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// clone copies a JSON object in depth.
func clone(o object) object {
	copied := maps.Clone(o)
	for key, value := range copied {
		if inner, ok := asObject(value); ok {
			copied[key] = clone(inner)
		}
	}
	return copied
}

func asObject(v any) (object, bool) {
	switch o := v.(type) {
	case object:
		return o, true
	case map[string]any:
		return o, true
	}
	return nil, false
}

// labelled reports whether an account has a storage label, deleted or not. The caller holds the lock.
func (s *store) labelled(label string) bool {
	return label != "" && slices.ContainsFunc(s.users, func(u *user) bool { return u.storageLabel == label })
}

func sameEmail(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
