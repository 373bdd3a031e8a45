package pair

import (
	"fmt"
	"strings"
)

// refer makes references of the IDs that the file explains, and of the unknown values whose configuration names a
// resource.
func (t *terraform) refer(s *objects) {
	byID := map[string]*object{}
	for _, o := range s.all {
		if o.id != "" && o.id != "-1" { // the ID of a data source of several mappings
			byID[o.model+" "+o.id] = o
		}
		if uuid := o.text("uuid"); uuid != "" {
			byID[o.model+" "+uuid] = o
		}
	}
	for _, o := range s.all {
		for key, f := range o.fields {
			model := target(o.model, key)
			if p, ok := f.value.(pending); ok {
				o.fields[key] = field{f.at, t.meant(p, model)}
				continue
			}
			if model == "" {
				continue
			}
			if items, ok := f.value.([]field); ok {
				o.fields[key] = field{f.at, mappingsBy(items, byID, s)}
			} else if found := byID[model+" "+fmt.Sprint(f.value)]; found != nil {
				o.fields[key] = field{f.at, reference{model: model, object: found}}
			}
		}
	}
}

// target is the model that an attribute refers to; empty where it refers to nothing.
func target(model, key string) string {
	switch model + " " + key {
	case modelProvider + " authentication_flow", modelProvider + " authorization_flow", modelProvider + " invalidation_flow":
		return modelFlow
	case modelProvider + " signing_key", modelProvider + " encryption_key":
		return modelKey
	case modelProvider + " property_mappings":
		return modelMapping
	case modelApplication + " provider":
		return modelProvider
	case modelBinding + " target":
		return modelApplication
	case modelBinding + " group":
		return modelGroup
	case modelBinding + " user":
		return modelUser
	}
	return ""
}

// meant is what an unknown value will be, where its expression names resources of the same plan.
func (t *terraform) meant(p pending, model string) any {
	e := t.expression(p.resource, p.attribute)
	if model == "" || e == nil || e.ExpressionData == nil {
		return unknown{why: whyUnknown}
	}
	module, _ := moduleOf(p.resource.Address)
	items := []field{}
	seen := map[*object]bool{}
	for _, name := range e.References {
		for _, o := range t.referenced(join(module, name)) {
			if o.model == model && !seen[o] {
				seen[o] = true
				items = append(items, spread(o)...)
			}
		}
	}
	switch {
	case len(items) == 0:
		return unknown{why: whyUnknown}
	case p.attribute == "property_mappings":
		return items
	}
	return items[0].value
}

// referenced are the objects that a reference of an expression begins with: type.name, or an attribute of it.
func (t *terraform) referenced(name string) []*object {
	var all []*object
	for _, r := range t.resources {
		if address := withoutIndex(r.Address); withoutIndex(name) == address || strings.HasPrefix(withoutIndex(name), address+".") {
			all = append(all, t.byAddress[r.Address]...)
		}
	}
	return all
}

// spread is an object as references: a data source of several mappings is each of them.
func spread(o *object) []field {
	list, ok := o.fields["managed_list"].value.([]field)
	if !ok {
		return []field{{o.at, reference{model: o.model, object: o}}}
	}
	var all []field
	for _, f := range list {
		all = append(all, field{o.at, reference{model: o.model, by: map[string]string{"managed": f.text()}}})
	}
	return all
}

// mappingsBy are the mappings of a list of IDs. A data source of several has their IDs in authentik's order and their names
// in its own, so it is recognised only where all its IDs are in the list.
func mappingsBy(items []field, byID map[string]*object, s *objects) []field {
	wanted := map[string]bool{}
	for _, item := range items {
		wanted[item.text()] = true
	}
	several := map[string]*object{}
	for _, o := range s.of(modelMapping) {
		ids, ok := o.fields["ids"].value.([]field)
		for _, id := range ids {
			ok = ok && wanted[id.text()]
		}
		for _, id := range ids {
			if ok {
				several[id.text()] = o
			}
		}
	}
	all := []field{}
	done := map[*object]bool{}
	for _, item := range items {
		if o := byID[modelMapping+" "+item.text()]; o != nil {
			all = append(all, field{item.at, reference{model: modelMapping, object: o}})
			continue
		}
		o := several[item.text()]
		switch {
		case o == nil:
			all = append(all, item)
		case !done[o]:
			done[o] = true
			all = append(all, spread(o)...)
		}
	}
	return all
}
