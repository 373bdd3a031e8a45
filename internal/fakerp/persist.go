package fakerp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/version"
)

// stored is what the product keeps in its database, in a form that every release of the double reads.
type stored struct {
	Users           []storedUser    `json:"users"`
	Sessions        []storedSession `json:"sessions"`
	Config          object          `json:"config"`
	AdminOnboarding bool            `json:"adminOnboarding"`
}

type storedUser struct {
	ID, Email, Name, Password, OAuthID, StorageLabel string
	Admin, Onboarded, ChangePassword, Deleted        bool
	Created                                          time.Time
	Quota                                            *int64
}

type storedSession struct{ Token, UserID, IDToken, SID string }

// Dump is what the double remembers, for Options.Stored of another one.
func (s *Server) Dump() ([]byte, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	kept := stored{Config: s.store.config, AdminOnboarding: s.store.adminOnboarding}
	for _, u := range s.store.users {
		kept.Users = append(kept.Users, storedUser{
			u.id, u.email, u.name, u.password, u.oauthID, u.storageLabel, u.admin, u.onboarded, u.changePassword, u.deleted, u.created, u.quota,
		})
	}
	for _, one := range s.store.sessions {
		kept.Sessions = append(kept.Sessions, storedSession{one.token, one.userID, one.idToken, one.sid})
	}
	return json.Marshal(kept)
}

// restore takes over what another double, of this release or an older one, has dumped.
func (s *Server) restore(data []byte) error {
	if s.faults[migrationFails] {
		s.log(context.Background(), erroneous, "DatabaseRepository", `Migration "1744910873969-InitialMigration" failed`)
		return errors.New("Migrations failed: Error: Invalid upgrade path. For more information, see https://docs.immich.app/errors/#typeorm-upgrade")
	}
	s.hangs = s.faults[migrationHangs]
	var kept stored
	if err := json.Unmarshal(data, &kept); err != nil {
		return fmt.Errorf("read the stored state: %w", err)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for _, u := range kept.Users {
		s.store.users = append(s.store.users, &user{
			u.ID, u.Email, u.Name, u.Password, u.OAuthID, u.StorageLabel, u.Admin, u.Onboarded, u.ChangePassword, u.Deleted, u.Created, u.Quota, "",
		})
	}
	for _, one := range kept.Sessions {
		s.store.sessions[one.Token] = session{one.Token, one.UserID, one.IDToken, one.SID, make(chan struct{})}
	}
	s.store.adminOnboarding = kept.AdminOnboarding
	s.store.config = overlay(s.store.defaults, kept.Config)
	s.migrate(kept.Config)
	return nil
}

// migrate is what the product's migrations do beyond new keys with their defaults, and what faults do instead. The
// caller holds the store's lock.
func (s *Server) migrate(old object) {
	oauth, _ := asObject(s.store.config["oauth"])
	before, _ := asObject(old["oauth"])
	if _, known := before["allowInsecureRequests"]; !known && s.has(version.SecureIssuerOnly) {
		oauth["allowInsecureRequests"] = strings.HasPrefix(oauth.text("issuerUrl"), "http://")
	}
	if s.faults[oauthReset] {
		oauth["scope"] = "openid"
	}
	if s.faults[sessionsDropped] {
		clear(s.store.sessions)
	}
	for _, u := range s.store.users {
		if s.faults[oauthIDsLost] {
			u.oauthID = ""
		}
		if s.faults[accountsDoubled] && u.oauthID != "" {
			s.store.add(user{email: "copy-" + u.email, name: u.name})
		}
	}
}

// The names of the faults that show in an upgrade only: when a double takes over what another one has stored.
const (
	oauthIDsLost    = "upgrade-loses-oauth-ids"
	accountsDoubled = "upgrade-doubles-accounts"
	sessionsDropped = "upgrade-drops-sessions"
	oauthReset      = "upgrade-resets-oauth"
	migrationFails  = "migration-fails"
	migrationHangs  = "migration-hangs"
)

// UpgradeFaults lists the faults of taking over what an older release has stored.
func UpgradeFaults() []Fault {
	return []Fault{
		{oauthIDsLost, "An account keeps the identity that it is bound to."},
		{accountsDoubled, "No account comes into being by an upgrade."},
		{sessionsDropped, "A session outlives an upgrade."},
		{oauthReset, "An upgrade keeps the OAuth settings."},
		{migrationFails, "A release starts on the database of the one before."},
		{migrationHangs, "A release that starts on an older database becomes ready."},
	}
}
