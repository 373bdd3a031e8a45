// Package pair keeps the configuration of both products as one file without secrets, the pair file, and makes of it the
// settings that a run applies in the place of a guide. Its readers take one from a live pair, from an authentik blueprint
// with an Immich configuration file, and from Terraform.
package pair

import (
	"time"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Version of the format.
const Version = 1

// Pair is a pair file. What is absent was not said, which is not the same as a default.
type Pair struct {
	Version   int        `yaml:"version"`
	Captured  Captured   `yaml:"captured,omitempty"`
	Names     Names      `yaml:"names,omitempty"`
	Authentik *Authentik `yaml:"authentik,omitempty"` // nil: not captured; the form's defaults are applied
	Immich    *Immich    `yaml:"immich,omitempty"`    // nil: not captured; only what connects it to authentik is entered
	// NotRead is what could not be read, and what would let it be, a sentence each.
	NotRead []string `yaml:"not_read,omitempty"`
	// Origins are the places that values were read from, by their path in this file
	// (authentik.provider.redirect_uris[0]): "immich.yaml:12", or a field of the live system.
	Origins map[string]string `yaml:"origins,omitempty"`

	source        string
	files         bool           // it was read from the files that hold a configuration, and is in none of its own
	lines         map[string]int // of this file, by path
	assumed       []string       // what was taken from a default where another value may be meant, a sentence each
	broken        []Concern      // what keeps authentik from applying the blueprint that it was read from
	clientSecrets clientSecrets
	closed        []Closed
}

// Assumed says which values were taken from a default where others may be meant.
func (p *Pair) Assumed() []string { return p.assumed }

// Captured says where a pair file comes from.
type Captured struct {
	At        time.Time `yaml:"at,omitempty"`
	Tool      string    `yaml:"tool,omitempty"`      // version of this program
	From      []string  `yaml:"from,omitempty"`      // files, or the addresses of the live pair
	Authentik string    `yaml:"authentik,omitempty"` // version of the live system
	Immich    string    `yaml:"immich,omitempty"`
}

// Names are the public host names.
type Names struct {
	Authentik string `yaml:"authentik,omitempty"`
	Immich    string `yaml:"immich,omitempty"`
}

// Authentik is authentik's half. Provider and Application are fields of its API; what refers to another object names it:
// a flow by its slug, a certificate by its name. A null says that there is none.
type Authentik struct {
	Door        guide.Door     `yaml:"door,omitempty"` // empty: form
	Provider    map[string]any `yaml:"provider"`
	Application map[string]any `yaml:"application,omitempty"`
	// SigningKeyType is the type of the signing key where it is known and not RSA: "ec". It decides the algorithm.
	SigningKeyType string   `yaml:"signing_key_type,omitempty"`
	Mappings       Mappings `yaml:"mappings,omitempty"`
	// Policies are bound to the application; they are not carried over into a run.
	Policies []string `yaml:"policies,omitempty"`
	// Ignored are keys that authentik does not know and leaves without effect.
	Ignored []string `yaml:"ignored,omitempty"`
}

// Mappings are a provider's scope mappings. Nil says nothing of them, which is not the same as none.
type Mappings []guide.Mapping

// IsZero leaves out of a file what was not said, and nothing else.
func (m Mappings) IsZero() bool { return m == nil }

// Immich is Immich's half.
type Immich struct {
	// File says that the configuration is a file (IMMICH_CONFIG_FILE), and a run mounts one.
	File bool `yaml:"file,omitempty"`
	// Config is what was said of oauth, passwordLogin and server, as GET /api/system-config gives it.
	Config map[string]any `yaml:"config"`
	// Ignored are keys and environment variables that Immich does not know and leaves without effect.
	Ignored []string `yaml:"ignored,omitempty"`
}
