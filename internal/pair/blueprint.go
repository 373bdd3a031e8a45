package pair

import (
	"fmt"

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
	list := at(n, "entries")
	if list == nil {
		if err := wrapped(n); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return nil, fmt.Errorf("%s: it is no authentik blueprint: it has no entries", name)
	}
	d := newDraft(name)
	r := &resolver{file: name, env: o.Env, context: at(n, "context"), byID: map[string]*object{}, draft: d}
	return r.read(entriesOf(list)).authentikHalf(d, o)
}

// entriesOf are the entries of a blueprint: a list, or lists in sections (authentik from 2026.2 on).
func entriesOf(n *yaml.Node) []*yaml.Node {
	n = followed(n)
	if n.Kind != yaml.MappingNode {
		return n.Content
	}
	var all []*yaml.Node
	_, sections := pairs(n)
	for _, section := range sections {
		all = append(all, followed(section).Content...)
	}
	return all
}

// read makes objects of the entries: first all, so that !KeyOf finds them, then their fields.
func (r *resolver) read(entries []*yaml.Node) *objects {
	s := &objects{file: r.file}
	made := map[*object]*yaml.Node{}
	for _, n := range entries {
		model, id := at(n, "model"), at(n, "id")
		if model == nil {
			continue
		}
		o := &object{model: model.Value, at: place(r.file, n.Line), fields: map[string]field{}}
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
			values := at(n, part)
			if values == nil {
				continue
			}
			if fields, ok := r.field(values).value.(map[string]field); ok {
				for key, f := range fields {
					o.fields[key] = f
				}
			}
		}
		if r.applied(o, n) {
			kept = append(kept, o)
		} else {
			r.draft.broken = r.draft.broken[:unbroken] // authentik does not read it
		}
	}
	s.all = kept
	return s
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
