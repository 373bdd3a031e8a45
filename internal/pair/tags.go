package pair

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolver resolves a blueprint's tags as authentik/blueprints/v1/common.py does.
type resolver struct {
	file    string
	env     map[string]string
	context *yaml.Node // of the blueprint; nil: none
	byID    map[string]*object
	items   []item // of the Enumerate tags around, the innermost last
	draft   draft
}

// item is an item of an Enumerate tag.
type item struct{ index, value field }

// field is a value with its tags resolved.
func (r *resolver) field(n *yaml.Node) field {
	n = followed(n)
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return field{at: place(r.file, n.Line), value: r.tag(n)}
	}
	f := field{at: place(r.file, n.Line)}
	switch n.Kind {
	case yaml.MappingNode:
		fields := map[string]field{}
		keys, values := pairs(n)
		for i, k := range keys {
			fields[k.Value] = r.field(values[i])
		}
		f.value = fields
	case yaml.SequenceNode:
		items := []field{}
		for _, child := range n.Content {
			items = append(items, r.field(child))
		}
		f.value = items
	default:
		f.value = scalar11(n)
	}
	return f
}

// scalar11 is a leaf as authentik's YAML 1.1 reads it: a bare yes, no, on or off is a boolean.
func scalar11(n *yaml.Node) any {
	if n.Style == 0 && n.ShortTag() == "!!str" {
		switch strings.ToLower(n.Value) {
		case "yes", "on":
			return true
		case "no", "off":
			return false
		}
	}
	return scalar(n)
}

// tag resolves one tag.
func (r *resolver) tag(n *yaml.Node) any {
	args := n.Content
	if n.Kind == yaml.ScalarNode {
		args = []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: n.Value, Line: n.Line}}
	}
	least := map[string]int{"!Find": 2, "!Format": 1, "!If": 1, "!Condition": 2, "!Enumerate": 3, "!AtIndex": 2}
	if len(args) < max(least[n.Tag], 1) {
		return unknown{why: n.Tag + " has too few values"}
	}
	switch n.Tag {
	case "!KeyOf":
		if o := r.byID[args[0].Value]; o != nil {
			return reference{model: o.model, object: o}
		}
		return r.refused(n, "!KeyOf "+args[0].Value+": no entry has this id")
	case "!Find":
		return r.find(args)
	case "!Env":
		return r.environment(args)
	case "!Context":
		return r.contextValue(args)
	case "!Format":
		return r.format(n, args)
	case "!If":
		return r.choice(args)
	case "!Condition":
		return r.condition(args)
	case "!Enumerate":
		return r.enumerate(args)
	case "!Index", "!Value":
		return r.enumerated(n.Tag, args[0])
	case "!AtIndex":
		return r.atIndex(args)
	case "!ParseJSON":
		return r.parseJSON(n, args[0])
	}
	return outside(n.Tag, args[0])
}

// refused is a value for which authentik refuses the whole blueprint.
func (r *resolver) refused(n *yaml.Node, why string) unknown {
	r.draft.breaks(place(r.file, n.Line), why)
	return unknown{why: why, refused: true}
}

// outside is a value that no blueprint holds.
func outside(tag string, first *yaml.Node) unknown {
	switch tag {
	case "!File":
		return unknown{why: "!File " + first.Value + ": it is a file of authentik's worker, which ssoproof does not read; write the value in its place"}
	case "!FindObject":
		return unknown{why: "!FindObject: only authentik's database knows; write the value in its place"}
	}
	return unknown{why: "ssoproof does not know the tag " + tag}
}

func (r *resolver) parseJSON(tag, text *yaml.Node) any {
	parsed, err := document("", []byte(text.Value))
	if err != nil {
		return r.refused(tag, "!ParseJSON: its text is not JSON")
	}
	return plainField(r.file, parsed).value
}

func (r *resolver) find(args []*yaml.Node) any {
	model := r.field(args[0])
	ref := reference{model: strings.ToLower(model.text()), by: map[string]string{}}
	for _, pair := range args[1:] {
		if pair = followed(pair); len(pair.Content) != 2 {
			return unknown{why: "!Find has a condition that is not [field, value]"}
		}
		key, value := r.field(pair.Content[0]), r.field(pair.Content[1])
		if u, ok := value.value.(unknown); ok {
			return u
		}
		ref.by[key.text()] = printed(value)
	}
	return ref
}

func (r *resolver) environment(args []*yaml.Node) any {
	name := args[0].Value
	if name == "" {
		return unknown{why: "!Env names no variable"}
	}
	if value := r.env[name]; value != "" {
		return value
	}
	if len(args) == 1 {
		return unknown{why: "it is the variable " + name + " of authentik's worker; give it with --env " + name + "=VALUE"}
	}
	note := "!Env " + name + " is taken from its default; --env " + name + "=VALUE gives another"
	if !slices.Contains(r.draft.assumed, note) {
		r.draft.assumed = append(r.draft.assumed, note)
	}
	return r.field(args[1]).value
}

func (r *resolver) contextValue(args []*yaml.Node) any {
	name := args[0].Value
	if r.context != nil {
		if n := at(r.context, name); n != nil {
			return r.field(n).value
		}
	}
	if len(args) > 1 {
		return r.field(args[1]).value
	}
	return unknown{why: "!Context " + name + ": it is set where the blueprint is instantiated; add it below context"}
}

func (r *resolver) atIndex(args []*yaml.Node) any {
	of, key := r.field(args[0]), r.field(args[1])
	switch v := of.value.(type) {
	case unknown:
		return v
	case []field:
		if i, ok := key.value.(int); ok && i < len(v) && i >= -len(v) {
			return v[(i+len(v))%len(v)].value
		}
	case map[string]field:
		if f, ok := v[printed(key)]; ok {
			return f.value
		}
	}
	if len(args) > 2 {
		return r.field(args[2]).value
	}
	return unknown{why: "!AtIndex: there is no " + printed(key)}
}
