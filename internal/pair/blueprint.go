package pair

import (
	"fmt"
	"maps"

	"go.yaml.in/yaml/v3"
)

// ReadBlueprint reads authentik's half from a blueprint. What its tags find in authentik's database is kept by name; what
// they find elsewhere, in files or in an environment that is not given, is said in NotRead.
func ReadBlueprint(name string, o Options) (*Pair, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	n, err := document(name, text)
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(name, n)
	if err != nil {
		return nil, err
	}
	d := newDraft(name)
	r := &resolver{file: name, env: o.Env, context: at(n, "context"), byID: map[string]*object{}, draft: d}
	s, err := r.read(entries)
	if err != nil {
		return nil, err
	}
	return s.authentikHalf(d, o)
}

// entriesOf are the entries of a blueprint: a list, or lists in sections (authentik from 2026.2 on).
func entriesOf(name string, blueprint *yaml.Node) ([]*yaml.Node, error) {
	n := at(blueprint, "entries")
	if n == nil {
		if err := wrapped(blueprint); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return nil, fmt.Errorf("%s: it is not an authentik blueprint: it has no entries", name)
	}
	lists := []*yaml.Node{n}
	if followed(n).Kind == yaml.MappingNode {
		_, lists = pairs(n)
	}
	var all []*yaml.Node
	for _, list := range lists {
		if list = followed(list); list.Kind != yaml.SequenceNode {
			return nil, fmt.Errorf("%s: it is not an authentik blueprint: its entries are not a list", place(name, list.Line))
		}
		for _, entry := range list.Content {
			if at(entry, "model") == nil {
				return nil, fmt.Errorf("%s: it is not an authentik blueprint: this entry has no model", place(name, entry.Line))
			}
		}
		all = append(all, list.Content...)
	}
	return all, nil
}

// read makes objects of the entries: first all, so that !KeyOf finds them, then their fields.
func (r *resolver) read(entries []*yaml.Node) (*objects, error) {
	s := &objects{file: r.file}
	made := map[*object]*yaml.Node{}
	for _, n := range entries {
		id := at(n, "id")
		o := &object{model: at(n, "model").Value, at: place(r.file, n.Line), fields: map[string]field{}}
		if id != nil {
			o.id = id.Value
			r.byID[o.id] = o
		}
		made[o] = n
		s.all = append(s.all, o)
	}
	kept := s.all[:0]
	for _, o := range s.all {
		n, unbroken := made[o], len(r.draft.broken)
		for _, part := range []string{"identifiers", "attrs"} {
			if err := r.enter(o, part, at(n, part)); err != nil {
				return nil, err
			}
		}
		if r.applied(o, n) {
			kept = append(kept, o)
		} else {
			r.draft.broken = r.draft.broken[:unbroken] // authentik does not read it
		}
	}
	s.all = kept
	return s, nil
}

// enter takes the fields of a part of an entry, which may be left out.
func (r *resolver) enter(o *object, part string, n *yaml.Node) error {
	if n == nil {
		return nil
	}
	f := r.field(n)
	switch v := f.value.(type) {
	case map[string]field:
		maps.Copy(o.fields, v)
	case nil, unknown:
	default:
		return fmt.Errorf("%s: %s of an entry is not a map of fields", f.at, part)
	}
	return nil
}

// applied tells whether authentik makes the object of an entry.
func (r *resolver) applied(o *object, n *yaml.Node) bool {
	if state := at(n, "state"); state != nil && r.field(state).text() == "absent" {
		return false
	}
	conditions := at(n, "conditions")
	if conditions == nil {
		return true
	}
	items, _ := r.field(conditions).value.([]field)
	for _, c := range items {
		if u, ok := c.value.(unknown); ok {
			r.draft.missed("the condition of "+reference{object: o}.String(), c, u.why+"; it is taken as met")
			continue
		}
		if !truth(c) {
			r.draft.missed(reference{object: o}.String(), field{at: o.at}, "its condition is not met, so that authentik leaves it out")
			return false
		}
	}
	return true
}
