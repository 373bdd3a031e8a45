package fakeop

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"
)

// object is an API object as it is read and written; what keys it has depends on the release.
type object map[string]any

func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

// user is an account of authentik.
type user struct {
	pk                    int
	uuid                  string
	username, name, email string
	password              string // empty: cannot log in
	kind                  string // "internal", "external", …
	path                  string
	active                bool
}

// session is a browser's session, by cookie.
type session struct {
	id    string
	key   string // another after each login and logout; sid tells it to clients
	user  *user  // nil until somebody logged in
	since time.Time
	plan  *plan // the flow under way
	// loginFlow is the authentication flow of the provider that sent the browser to log in.
	loginFlow string
	wants     string // name of the application that it was sent for; empty: none
}

// consent is what a user has allowed an application.
type consent struct {
	pk     int
	user   *user
	app    object
	scopes []string
}

// grant is an authorization code or an access token.
type grant struct {
	user      *user
	client    object // the provider
	app       object
	scopes    []string
	nonce     string
	challenge string // PKCE
	method    string
	sid       string
	authTime  time.Time
	expires   time.Time
}

// state is everything that the double remembers.
type state struct {
	nextPK       int
	users        []*user
	flows        []object
	mappings     []object
	certificates []object
	brands       []object
	providers    []object
	applications []object
	bindings     []object
	policies     []object
	events       []object // the oldest first
	settings     object
	consents     []*consent
	sessions     map[string]*session
	codes        map[string]*grant
	tokens       map[string]*grant
}

func (s *state) pk() int {
	s.nextPK++
	return s.nextPK
}

// find returns the first object whose key has a value, or nil.
func find(objects []object, key string, value any) object {
	i := slices.IndexFunc(objects, func(o object) bool { return o[key] == value })
	if i < 0 {
		return nil
	}
	return objects[i]
}

func (s *state) userBy(match func(*user) bool) *user {
	i := slices.IndexFunc(s.users, match)
	if i < 0 {
		return nil
	}
	return s.users[i]
}

// applicationOf returns the application that a provider is assigned to, or nil.
func (s *state) applicationOf(p object) object { return find(s.applications, "provider", p["pk"]) }

// providerOf returns the provider of an application, or nil.
func (s *state) providerOf(app object) object {
	if app == nil {
		return nil
	}
	return find(s.providers, "pk", app["provider"])
}

func (s *state) flowSlug(pk any) string { return find(s.flows, "pk", pk).text("slug") }

// randomHex returns n random hexadecimal characters.
func randomHex(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)[:n]
}

func newUUID() string { return uuid.NewString() }
