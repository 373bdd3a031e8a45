package immich

import (
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// configuration lays what a pair file says of Immich over its configuration. The client ID is the pair file's where it says
// one, right or wrong, as long as it says one for authentik as well: else authentik has made one.
func (a *Applied) configuration(c *guide.Configuration, config Config) {
	lay(config, clone(c.Immich))
	oauth, _ := c.Immich["oauth"].(map[string]any)
	if id, _ := oauth[keyClientID].(string); id != "" && c.Provider["client_id"] != nil {
		a.ClientID = id
	}
}

// ConfigFile is what a pair file says of Immich as its configuration file has it, with the client's credentials. A client ID
// of the pair file's own stays where it says one for authentik as well, right or wrong.
func ConfigFile(c *guide.Configuration, clientID, clientSecret string) map[string]any {
	file := Config{}
	a := &Applied{ClientID: clientID}
	a.configuration(c, file)
	file.OAuth()[keyClientID], file.OAuth()[keyClientSecret] = a.ClientID, clientSecret
	return file
}

// clone is a copy whose sections are copies, too.
func clone(values map[string]any) map[string]any {
	copied := make(map[string]any, len(values))
	for key, value := range values {
		if section, ok := value.(map[string]any); ok {
			value = clone(section)
		}
		copied[key] = value
	}
	return copied
}

// lay puts values over those of a configuration, section by section.
func lay(over, values map[string]any) {
	for key, value := range values {
		section, isSection := value.(map[string]any)
		if below, ok := over[key].(map[string]any); ok && isSection {
			lay(below, section)
			continue
		}
		over[key] = value
	}
}

// said reports whether a pair file says something of an OAuth setting.
func said(s *guide.Settings, key string) bool {
	if s.Configuration == nil {
		return false
	}
	oauth, _ := s.Configuration.Immich["oauth"].(map[string]any)
	_, said := oauth[key]
	return said
}

// byFile reports whether Immich reads its settings from a file: what it does not say is Immich's default.
func byFile(s *guide.Settings) bool { return s.Configuration != nil && s.Configuration.ImmichFile }

// configured compares what a pair file says beyond settings with what Immich stores.
func configured(prefix string, said, stored map[string]any) []guide.FieldCheck {
	var checks []guide.FieldCheck
	for _, key := range slices.Sorted(maps.Keys(said)) {
		path := prefix + key
		if section, ok := said[key].(map[string]any); ok {
			below, _ := stored[key].(map[string]any)
			checks = append(checks, configured(path+".", section, below)...)
			continue
		}
		if slices.Contains([]string{"oauth." + keyEnabled, "oauth." + keyIssuer, "oauth." + keyClientID, "oauth." + keyScope, "oauth." + keyAlgorithm}, path) {
			continue // compared with the settings
		}
		actual := "no such setting in this release"
		if value, known := stored[key]; known {
			actual = guide.Plain(value)
		}
		wanted := guide.Plain(said[key])
		checks = append(checks, guide.FieldCheck{
			Difference: guide.Difference{Field: path, Documented: wanted, Actual: actual}, Same: wanted == actual,
		})
	}
	return checks
}
