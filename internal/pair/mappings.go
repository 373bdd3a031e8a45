package pair

import (
	"strconv"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// mappings enters the scope mappings that a provider selects.
func (d draft) mappings(s *objects, f field) {
	const path = "authentik.mappings"
	items, ok := f.value.([]field)
	if !ok {
		if f.value != nil {
			d.take(path, f) // says why
		}
		return
	}
	d.Authentik.Mappings = []guide.Mapping{}
	d.Origins[path] = f.at
	for _, item := range items {
		at := path + "[" + strconv.Itoa(len(d.Authentik.Mappings)) + "]"
		m, why := s.mapping(item)
		if why != "" {
			d.missed(at, item, why)
		}
		if m != (guide.Mapping{}) {
			d.Authentik.Mappings = append(d.Authentik.Mappings, m)
			d.Origins[at] = item.at
		}
	}
}

// mapping is what an item of property_mappings refers to, and what of it could not be read.
func (s *objects) mapping(item field) (guide.Mapping, string) {
	r, ok := referred(item)
	if !ok {
		if u, ok := item.value.(unknown); ok {
			return guide.Mapping{}, u.why
		}
		return guide.Mapping{}, "it is an ID of that database, and the file does not name the mapping"
	}
	own := r.object
	for _, o := range s.of(modelMapping) {
		if own == nil && r.is(o) {
			own = o
		}
	}
	if own != nil {
		if m, ok := shippedBy("managed", own.text("managed")); ok {
			return m.mapping(), ""
		}
		if m, ok := shippedBy("name", own.text("name")); ok && own.text("expression") == "" {
			return m.mapping(), ""
		}
		m := guide.Mapping{Scope: own.text("scope_name"), Name: own.text("name"), Managed: own.text("managed"), Expression: own.text("expression")}
		if u, ok := own.fields["expression"].value.(unknown); ok {
			return m, "its expression: " + u.why
		}
		return m, ""
	}
	for _, key := range []string{"managed", "name", "name__iexact", "scope_name"} {
		if m, ok := shippedBy(key, r.by[key]); ok {
			return m.mapping(), ""
		}
	}
	m := guide.Mapping{Scope: r.by["scope_name"], Name: r.by["name"], Managed: r.by["managed"]}
	return m, "the mapping is not in the file, so neither its scope nor its expression is known: " + r.String()
}

func (m shipped) mapping() guide.Mapping {
	return guide.Mapping{Scope: m.scope, Name: m.name, Managed: m.managed}
}
