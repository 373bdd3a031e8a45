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
	if u := s.store.find(byOAuthID(p.Subject)); u != nil {
		return *u, nil
	}
	if u := s.store.find(byEmail(email)); u != nil && email != "" && !s.faulty(secondAccount) {
		if u.oauthID != "" && s.faulty(takenOpens) {
			u.oauthID = p.Subject
			return *u, nil
		}
		if u.oauthID != "" {
			if !s.has(version.LinkedElsewhere) {
				return user{}, refuse(http.StatusBadRequest, "User exists")
			}
			return user{}, s.hidden("User already exists, but is linked to another account.")
		}
		if !s.faulty(oauthIDLost) {
			u.oauthID = p.Subject
		}
		if s.faulty(takeoverRenames) {
			u.name = p.name(email)
		}
		if s.faulty(takeoverPassword) {
			u.password = ""
		}
		return *u, nil
	}
	return s.register(oauth, p, email)
}

// register makes a new account. The caller holds the store's lock.
func (s *Server) register(oauth object, p *profile, email string) (user, error) {
	switch {
	case !oauth.on("autoRegister") && !s.faulty(registersAnyway):
		return user{}, s.hidden("User does not exist and auto registering is disabled.")
	case email == "" && s.faulty(emailOptional):
		email = p.Subject + "@nowhere"
	case email == "" && !s.has(version.EmailNeeded):
		return user{}, errors.New("null value in column \"email\" violates a not-null constraint")
	case email == "":
		return user{}, refuse(http.StatusBadRequest, "OAuth profile does not have an email address")
	case len(s.store.users) == 0:
		return user{}, refuse(http.StatusBadRequest, "The first registered account must the administrator.")
	}
	if s.store.taken(email) && !s.faulty(secondAccount) {
		return user{}, errors.New("duplicate key value violates a unique constraint: the e-mail of a deleted account")
	}
	u := user{email: email, name: p.name(email), oauthID: p.Subject, changePassword: true,
		storageLabel: strings.ReplaceAll(p.claims.text(oauth.text("storageLabelClaim")), ".", ""), admin: s.faulty(newcomerAdmin),
		full: s.faulty(quotaZero),
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

// hidden is a refusal whose reason newer releases tell only to the log.
func (s *Server) hidden(message string) error {
	if s.has(version.HiddenReasons) {
		s.logf("OAuth login refused: %s", message)
		message = "OAuth authentication failed"
	}
	return refuse(http.StatusBadRequest, message)
}

// name is the first of the claims that can serve as one.
func (p *profile) name(email string) string {
	full := strings.TrimSpace(p.claims.text("given_name") + " " + p.claims.text("family_name"))
	for _, name := range []string{p.claims.text("name"), full, p.claims.text("preferred_username")} {
		if name != "" {
			return name
		}
	}
	return email
}
