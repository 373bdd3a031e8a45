package fakerp

import (
	"errors"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// admit finds or makes the account of a profile: by subject, else by e-mail, else a new one.
func (s *Server) admit(oauth object, p *profile) (user, error) {
	email := p.claims.text("email")
	if s.has(version.EmailNormalised) && !s.faulty(emailCaseKept) {
		email = strings.ToLower(strings.TrimSpace(email))
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	u, err := s.known(p, email)
	switch {
	case err != nil:
		return user{}, err
	case u == nil:
		return s.register(oauth, p, email)
	}
	s.renew(oauth, p, u)
	return *u, nil
}

// known finds the account of a profile, and binds it where it was found by e-mail; nil: there is none. The caller holds
// the store's lock.
func (s *Server) known(p *profile, email string) (*user, error) {
	if u := s.store.find(byOAuthID(p.Subject)); u != nil && !(s.faulty(otherEmail) && u.email != email) {
		return u, nil
	}
	u := s.store.find(byEmail(email))
	if u == nil || email == "" || s.faulty(secondAccount) {
		return nil, nil //nolint:nilnil // no account, and nothing that speaks against one
	}
	if u.oauthID != "" && !s.faulty(takenOpens) {
		if !s.has(version.LinkedElsewhere) {
			return nil, refuse(http.StatusBadRequest, "User exists")
		}
		return nil, s.hidden("User already exists, but is linked to another account.", "") // to the debug log
	}
	if !s.faulty(oauthIDLost) {
		u.oauthID = p.Subject
	}
	s.spoil(p, u, email)
	return u, nil
}

// spoil is what faults do to an account that a login takes over.
func (s *Server) spoil(p *profile, u *user, email string) {
	if s.faulty(takeoverRenames) {
		u.name = s.name(p, email)
	}
	if s.faulty(takeoverPassword) {
		u.password = ""
	}
	if s.faulty(takeoverDemotes) {
		u.admin = false
	}
}

// register makes a new account. The caller holds the store's lock.
func (s *Server) register(oauth object, p *profile, email string) (user, error) {
	if email == "" && s.faulty(emailOptional) {
		email = p.Subject + "@nowhere"
	}
	if err := s.unregistrable(oauth, p, email); err != nil {
		return user{}, err
	}
	u := user{
		email: email, name: s.name(p, email), oauthID: p.Subject, changePassword: true,
		storageLabel: s.label(oauth, p), quota: s.quota(oauth, p), admin: s.role(oauth, p) == administrator || s.faulty(newcomerAdmin),
	}
	if s.store.labelled(u.storageLabel) {
		return user{}, errors.New("duplicate key value violates a unique constraint: the storage label")
	}
	if s.faulty(quotaZero) {
		u.quota = new(int64)
	}
	if s.faulty(labelLost) {
		u.storageLabel = ""
	}
	if s.faulty(nameDropped) {
		u.name = email
	}
	if s.faulty(oauthIDLost) {
		u.oauthID = ""
	}
	return s.store.add(u), nil
}

// unregistrable says why nobody with an e-mail is let in for the first time; nil: nothing speaks against it. The caller
// holds the store's lock.
func (s *Server) unregistrable(oauth object, p *profile, email string) error {
	switch {
	case !oauth.on("autoRegister") && !s.faulty(registersAnyway):
		const why = "User does not exist and auto registering is disabled."
		return s.hidden(why, "Unable to register "+p.Subject+"/"+email+". "+why+" To enable set OAuth Auto Register to true in admin settings.")
	case email == "" && !s.has(version.EmailNeeded):
		return errors.New("null value in column \"email\" violates a not-null constraint")
	case email == "":
		return refuse(http.StatusBadRequest, "OAuth profile does not have an email address")
	case len(s.store.users) == 0:
		return refuse(http.StatusBadRequest, "The first registered account must the administrator.")
	case s.store.taken(email) && !s.faulty(secondAccount):
		return errors.New("duplicate key value violates a unique constraint: the e-mail of a deleted account")
	}
	return nil
}

// hidden is a refusal whose reason newer releases tell only to the log, as far as they tell it.
func (s *Server) hidden(message, logged string) error {
	if s.has(version.HiddenReasons) {
		message = "OAuth authentication failed"
	}
	r := refuse(http.StatusBadRequest, message)
	r.logged = logged
	return r
}
