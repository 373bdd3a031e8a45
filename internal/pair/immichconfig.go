package pair

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ReadImmichConfig reads Immich's half from its configuration file: whole or partial, in JSON or YAML, as
// IMMICH_CONFIG_FILE names it, or as `nix eval --json` prints the settings of NixOS. What GET /api/system-config gives reads
// the same. A file of environment variables is read as well, to say that none of them configures OAuth.
func ReadImmichConfig(name string) (*Pair, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	d := newDraft(name)
	d.Immich = &Immich{File: true, Config: map[string]any{}}
	d.Origins["immich"] = name
	if variables(text, d, name) {
		return d.Pair, nil
	}
	n, err := document(name, text)
	if err != nil {
		return nil, err
	}
	if err := sectionsIn(n); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if config := helmConfiguration(n); config != nil {
		n = config
	}
	d.sections(plainField(name, n))
	d.NameHosts()
	return d.Pair, nil
}

// helmConfiguration is Immich's configuration within the values of its Helm chart.
func helmConfiguration(n *yaml.Node) *yaml.Node {
	if immich := at(n, "immich"); immich != nil {
		return at(immich, "configuration")
	}
	return nil
}

// sectionsIn refuses what is not a configuration of Immich's.
func sectionsIn(n *yaml.Node) error {
	if config := helmConfiguration(n); config != nil {
		n = config
	}
	for section := range knownImmich() {
		if found := at(n, section); found != nil && followed(found).Kind == yaml.MappingNode {
			return nil
		}
	}
	if err := wrapped(n); err != nil {
		return err
	}
	if at(n, "issuerUrl") != nil {
		return errors.New("it holds the fields of oauth alone; put them below the key oauth")
	}
	return errors.New("it is not a configuration of Immich's: it has none of oauth, passwordLogin and server")
}

// sections enters what stands in the sections that a pair file keeps.
func (d draft) sections(config field) {
	all, _ := config.value.(map[string]field)
	for _, section := range slices.Sorted(maps.Keys(all)) {
		f := all[section]
		keys, ok := knownImmich()[section]
		fields, isMap := f.value.(map[string]field)
		switch {
		case slices.Contains(otherSections(), section):
		case ok && !isMap:
			d.put(d.Immich.Config, "immich.config", section, f) // which Immich refuses
		case !ok:
			d.Immich.Ignored = append(d.Immich.Ignored, section+" ("+f.at+")")
		default:
			path, kept := join("immich.config", section), map[string]any{}
			for _, key := range slices.Sorted(maps.Keys(fields)) {
				if _, known := keys[key]; !known {
					d.Immich.Ignored = append(d.Immich.Ignored, section+"."+key+" ("+fields[key].at+")")
				} else if !d.secret(join(path, key), key, fields[key]) {
					d.put(kept, path, key, fields[key])
				}
			}
			d.Immich.Config[section] = kept
			d.Origins[path] = f.at
		}
	}
}

// placeholder is what people write where a secret is put in later.
var placeholder = regexp.MustCompile(`^(DB_SECRET:|\$\{?\w|__\w+__$|\{\{|<)`)

// secret tells whether a value is a secret, or is put in only where Immich runs; it is left out then.
func (d draft) secret(path, key string, f field) bool {
	fields, _ := f.value.(map[string]field)
	if _, ok := fields["_secret"]; ok {
		if key != "clientSecret" { // runs make their own
			d.missed(path, f, "NixOS puts it in from a file (_secret); write the value in its place, unless it is secret")
		}
		return true
	}
	text := f.text()
	switch {
	case strings.HasPrefix(text, "DB_SECRET:"):
		d.missed(path, f, "it is the placeholder DB_SECRET:…, which Immich does not replace: unless something else does, it is sent to authentik as it stands")
		return true
	case key == "clientSecret":
		return true
	case placeholder.MatchString(text):
		d.missed(path, f, "it is a placeholder, "+text+"; write the value in its place")
		return true
	}
	return false
}

var variable = regexp.MustCompile(`^\s*(?:export\s+|-\s+)?"?([A-Z][A-Z0-9_]*)"?\s*[=:]`)

// variables reads a file of environment variables, as a shell or Compose has them. Immich takes none of its OAuth settings
// from there; their values are not kept.
func variables(text []byte, d draft, name string) bool {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, limit)
	var found []string
	for line := 1; lines.Scan(); line++ {
		row := strings.TrimSpace(lines.Text())
		if row == "" || strings.HasPrefix(row, "#") || row == "environment:" {
			continue
		}
		m := variable.FindStringSubmatch(row)
		if m == nil {
			return false
		}
		if oauth := strings.TrimPrefix(m[1], "IMMICH_"); strings.HasPrefix(oauth, "OAUTH_") {
			found = append(found, m[1]+" ("+place(name, line)+")")
		}
	}
	d.Immich.Ignored = append(d.Immich.Ignored, found...)
	return lines.Err() == nil && len(found) > 0
}
