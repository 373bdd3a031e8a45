package guide

import (
	"fmt"
	"maps"
	"slices"
)

// Door is the way by which a configuration came into authentik: it decides what is stored where nothing was said.
type Door string

// The doors. A blueprint goes through the same serializers as the API (authentik 2025.8, blueprints/v1/importer.py);
// Terraform does, too, and fills in defaults of its own, which a pair file states.
const (
	Form Door = "form" // a person at the admin interface, whose form fills in what is left out
	API  Door = "api"  // REST, a blueprint, Terraform: nothing but what is said
)

// Configuration is what a pair file says in the products' own words. What is absent was not said.
type Configuration struct {
	Door Door `json:"door,omitempty"`
	// Provider and Application are fields of authentik's API. What refers to another object names it: a flow by its
	// slug, a certificate by its name; null says that there is none.
	Provider    map[string]any `json:"provider,omitempty"`
	Application map[string]any `json:"application,omitempty"`
	Mappings    []Mapping      `json:"mappings"` // of scopes to claims; nil: not said, empty: none
	// SigningKeyType is the type of the signing key where it is known and not RSA: "ec".
	SigningKeyType string `json:"signing_key_type,omitempty"`
	// Immich is the part of Immich's configuration that was said: oauth, passwordLogin, server.
	Immich map[string]any `json:"immich,omitempty"`
	// ImmichFile says that Immich reads it from a file (IMMICH_CONFIG_FILE), so that nobody can change it in its pages.
	ImmichFile bool `json:"immich_file,omitempty"`
	// Blueprint is the text of the blueprint that authentik's half is of, where authentik is to apply it itself.
	Blueprint string `json:"-"`
	// NotCarried is what stands in the configuration and is left out of a run, a sentence each.
	NotCarried []string `json:"not_carried,omitempty"`
	// NotRead is what could not be read of the configuration, and what would let it be, a sentence each.
	NotRead []string `json:"not_read,omitempty"`

	ImmichHost    string `json:"immich_host,omitempty"`
	AuthentikHost string `json:"authentik_host,omitempty"`
	// Origins are the places that the pair file was read from, by its line.
	Origins map[int]Origin `json:"origins,omitempty"`
}

// Mapping is a scope mapping of authentik's.
type Mapping struct {
	Scope string `json:"scope_name" yaml:"scope_name"`
	Name  string `json:"name,omitempty" yaml:"name,omitempty"`
	// Managed is the name under which authentik ships it; its expression is then authentik's own.
	Managed    string `json:"managed,omitempty" yaml:"managed,omitempty"`
	Expression string `json:"expression,omitempty" yaml:"expression,omitempty"`
}

// Origin is where a value of a pair file comes from: a line of a file, or the field of a live system (line 0).
type Origin struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
}

// Place is where a line of the settings comes from: of the page, or of the file that a pair file was captured from.
func (s *Settings) Place(line int) (file string, at int) {
	if c := s.Configuration; c != nil {
		if o, ok := c.Origins[line]; ok {
			return o.File, o.Line
		}
	}
	return s.Source, max(line, 0)
}

// Ref names a line of the settings as reports do: "source:line". Line 0 means the page as a whole.
func (s *Settings) Ref(line int) string {
	file, at := s.Place(line)
	if at == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, at)
}

// At names a line under the name of the settings' source: "line 36", or the place in another file, "immich.yaml:4"; empty for
// line 0.
func (s *Settings) At(line int) string {
	switch file, at := s.Place(line); {
	case file != s.Source:
		return s.Ref(line)
	case at > 0:
		return fmt.Sprintf("line %d", at)
	}
	return ""
}

// What names the settings in a sentence: the guide, or the pair file.
func (s *Settings) What() string {
	if s.Configuration != nil {
		return "the pair file"
	}
	return "the guide"
}

func (c *Configuration) clone() *Configuration {
	if c == nil {
		return nil
	}
	d := *c
	d.Provider, d.Application, d.Immich = maps.Clone(c.Provider), maps.Clone(c.Application), maps.Clone(c.Immich)
	d.Mappings, d.Origins = slices.Clone(c.Mappings), maps.Clone(c.Origins)
	d.NotCarried, d.NotRead = slices.Clone(c.NotCarried), slices.Clone(c.NotRead)
	return &d
}
