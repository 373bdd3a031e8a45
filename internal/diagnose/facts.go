package diagnose

import (
	"time"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Facts are what the pair says of itself when the checks have ended: its settings as they read back, and what anybody can
// ask. What could not be read is zero.
type Facts struct {
	Authentik, Immich       *version.Release
	AuthentikURL, ImmichURL string
	Guide                   *guide.Settings
	Provider                Provider
	OAuth                   OAuth
	Discovery               Discovery
	Slugs                   []string // of all applications at authentik
	// Differing are the fields that read back otherwise than the guide says, as guide.FieldCheck names them.
	Differing []string
	Ping      Ping
	People    []authentik.Person // at authentik
	Accounts  []Account          // in Immich
	// AuthentikClock and ImmichClock are how far the products' clocks are ahead of this machine's.
	AuthentikClock, ImmichClock time.Duration
	// Live is what a live pair showed to who has no credentials, and Origins are the further names of its Immich; nil: the
	// pair is not live.
	Live    *live.Seen
	Origins []string
	// Handshakes are those with the edge that its clients ended; nil: nobody saw.
	Handshakes []edge.FailedHandshake
}

// Provider is authentik's side.
type Provider struct {
	Name, Slug, ClientID string
	Issuer               string // as authentik shows it, with its trailing slash
	RedirectURIs         []Entry
	SigningKey           string // its name; empty: none is selected
	Encrypted            bool   // an encryption key is selected
	GrantTypes           []string
	Global               bool // one issuer for all providers
	SubjectMode          string
	CodeLives            time.Duration // 0: it is not known
	LogoutURIs           []string      // registered for the way back from a logout alone
	LogoutURI            string        // that logout tokens are sent to; empty: none is sent
	FrontChannel         bool          // ended sessions are told of by the browser
	Scopes               []string      // of its scope mappings
	OwnScopes            []string      // of those that are not authentik's own
}

// Entry is a redirect URI that is registered for logins.
type Entry struct {
	URL  string
	Mode guide.Matching // strict or regex
	Line int            // of the guide; 0: it is not documented
}

// OAuth is Immich's side.
type OAuth struct {
	Enabled, AutoRegister bool
	Issuer, ClientID      string
	SameSecret            bool // as the provider's
	// SecretRead is set where credentials of a live pair opened both secrets; else SameSecret is guessed there.
	SecretRead bool
	// Unread is set where Immich's settings were not read: AutoRegister is then guessed.
	Unread           bool
	Scope            string
	Algorithm        string // of ID tokens
	ProfileAlgorithm string // of userinfo; "none": plain JSON
	Insecure         bool   // an http issuer is allowed
	Override         string // of the mobile app's redirect URI; empty: it is off
	NoSpace          bool   // newcomers get a quota of zero bytes
}

// Account is one of Immich's, and the sub that it is bound to; empty: none.
type Account struct{ Email, Subject string }

// Discovery is what answers at the address that Immich makes of its issuer URL.
type Discovery struct {
	URL        string
	Status     int    // 0: nothing answered
	Problem    string // why nothing answered, or what was no document
	Location   string // that a redirect leads to
	Issuer     string
	Algorithms []string // of ID tokens
}

// Ping is what Immich's /api/server/ping answers to who has no cookie.
type Ping struct {
	Status      int
	ContentType string
	Location    string
}
