package pair

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// models are the Terraform provider's types of what a pair is made of. The mappings had another name until 2024.8.
func models() map[string]string {
	return map[string]string{
		"authentik_provider_oauth2": modelProvider, "authentik_application": modelApplication, "authentik_policy_binding": modelBinding,
		"authentik_property_mapping_provider_scope": modelMapping, "authentik_scope_mapping": modelMapping,
		"authentik_flow": modelFlow, "authentik_certificate_key_pair": modelKey, "authentik_group": modelGroup, "authentik_user": modelUser,
	}
}

const (
	whyUnknown = "it is known only after an apply; apply, and give the state: `terraform show -json`"
	// whySensitive is said of values that Terraform hides.
	whySensitive = "it is marked as sensitive, and no sensitive value is taken; wrap it in nonsensitive() if it is none"
)

func (u unknown) sensitive() bool { return u.why == whySensitive }

// object is a resource or a data source with the names of authentik's API; nil for what a pair is not made of.
func (t *terraform) object(r *tfjson.StateResource) *object {
	model, ok := models()[r.Type]
	if !ok {
		return nil
	}
	o := &object{model: model, at: t.file + ": " + r.Address, fields: map[string]field{}}
	o.id, _ = r.AttributeValues["id"].(string)
	var sensitive map[string]any
	_ = json.Unmarshal(r.SensitiveValues, &sensitive) // absent in old formats
	var later map[string]any
	if change := t.changes[r.Address]; change != nil && r.Mode == tfjson.ManagedResourceMode {
		later, _ = change.AfterUnknown.(map[string]any)
		if marks, ok := change.AfterSensitive.(map[string]any); ok {
			sensitive = marks
		}
	}
	keys := maps.Clone(r.AttributeValues)
	if keys == nil {
		keys = map[string]any{}
	}
	for key := range later {
		if _, ok := keys[key]; !ok {
			keys[key] = nil
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		f := converted(o.at+"."+key, keys[key], later[key], sensitive[key])
		if u, ok := f.value.(unknown); ok && !u.sensitive() {
			if t.config[""] != nil && t.expression(r, key) == nil {
				continue // computed by authentik, so nothing was said
			}
			f.value = pending{r, key}
		}
		if f.value != nil && f.value != "" { // what was not set is null or empty
			o.fields[key] = f
		}
	}
	rename(o)
	return o
}

// pending is an unknown value of a plan, until its configuration says what it refers to.
type pending struct {
	resource  *tfjson.StateResource
	attribute string
}

// converted is an attribute with what is not known, and what is sensitive, taken out of it.
func converted(at string, value, later, sensitive any) field {
	switch {
	case sensitive == true:
		return field{at, unknown{why: whySensitive}}
	case later == true:
		return field{at, unknown{why: whyUnknown}}
	}
	switch v := value.(type) {
	case []any:
		later, _ := later.([]any)
		sensitive, _ := sensitive.([]any)
		items := []field{}
		for i, item := range v {
			items = append(items, converted(at, item, nth(later, i), nth(sensitive, i)))
		}
		return field{at, items}
	case map[string]any:
		later, _ := later.(map[string]any)
		sensitive, _ := sensitive.(map[string]any)
		fields := map[string]field{}
		for key, item := range v {
			fields[key] = converted(at, item, later[key], sensitive[key])
		}
		for key, unknown := range later {
			if _, ok := fields[key]; !ok && unknown == true {
				fields[key] = converted(at, nil, true, sensitive[key])
			}
		}
		return field{at, fields}
	case float64:
		return field{at, wholeNumber(v)}
	}
	return field{at, value}
}

func nth(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func wholeNumber(v float64) any {
	if v == float64(int(v)) {
		return int(v)
	}
	return v
}

// rename gives a resource's attributes the names of authentik's API. The old dialect's list of strings becomes the text
// that the provider sent, a line each.
func rename(o *object) {
	take := func(from, to string) {
		if f, ok := o.fields[from]; ok {
			delete(o.fields, from)
			o.fields[to] = f
		}
	}
	drop := []string{"id"}
	switch o.model {
	case modelProvider:
		if f, ok := o.fields["redirect_uris"]; ok {
			o.fields["redirect_uris"] = asText(f)
		}
		take("allowed_redirect_uris", "redirect_uris")
	case modelApplication:
		take("protocol_provider", "provider")
	case modelMapping:
		drop = append(drop, "description")
	}
	for _, key := range drop {
		delete(o.fields, key)
	}
}

func asText(f field) field {
	items, ok := f.value.([]field)
	if !ok {
		return f
	}
	var words []string
	for _, item := range items {
		if _, ok := item.value.(unknown); ok {
			return field{f.at, item.value}
		}
		words = append(words, item.text())
	}
	return field{f.at, strings.Join(words, "\n")}
}
