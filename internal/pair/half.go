package pair

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

// authentikHalf makes authentik's half of the objects of a file.
func (s *objects) authentikHalf(d draft, o Options) (*Pair, error) {
	p, err := s.choose(o)
	if err != nil {
		return nil, err
	}
	d.Authentik = &Authentik{Door: guide.API, Provider: map[string]any{}}
	d.provider(s, p)
	app, err := s.applicationOf(p)
	if err != nil {
		d.missed("authentik.application", field{at: p.at}, err.Error()+"; a run makes one")
	} else {
		d.application(app)
		d.policies(s, app)
	}
	d.NameHosts()
	return d.Pair, nil
}

func (d draft) provider(s *objects, p *object) {
	const path = "authentik.provider"
	into := d.Authentik.Provider
	for _, key := range slices.Sorted(maps.Keys(p.fields)) {
		f := p.fields[key]
		switch key {
		case "pk", "client_secret": // an ID of that database; runs make their own secrets
		case "authentication_flow", "authorization_flow", "invalidation_flow":
			d.flow(into, key, f)
		case "signing_key", "encryption_key":
			d.key(into, key, f)
		case "property_mappings":
			d.mappings(s, f)
		case "jwks_sources", "jwt_federation_sources", "jwt_federation_providers":
			if items, ok := f.value.([]field); !ok || len(items) > 0 {
				d.missed(join(path, key), f, "federation is not carried over")
			}
		default:
			if !slices.Contains(knownProvider(), key) {
				d.Authentik.Ignored = append(d.Authentik.Ignored, "provider."+key+" ("+f.at+")")
				continue
			}
			d.put(into, path, key, textual(key, f))
		}
	}
	d.Origins[path], d.Origins["authentik"] = p.at, p.at
}

// textual is a number as authentik stores it in a field of text.
func textual(key string, f field) field {
	switch f.value.(type) {
	case int, float64:
		if slices.Contains([]string{"name", "client_id", "slug", "group"}, key) {
			f.value = fmt.Sprint(f.value)
		}
	}
	return f
}

// flow enters the slug of a flow. A flow that is not named is replaced by authentik's own.
func (d draft) flow(into map[string]any, key string, f field) {
	instead := map[string]string{
		"authorization_flow": authentik.ImplicitConsentFlow,
		"invalidation_flow":  authentik.InvalidationFlow,
	}[key]
	d.named(into, key, f, "slug", "the file does not name the flow by its slug", instead)
}

// key enters the name of a certificate. One that is not named is replaced by authentik's own, so that there is a key.
func (d draft) key(into map[string]any, key string, f field) {
	d.named(into, key, f, "name", "the file does not name the certificate", authentik.SelfSignedKey)
}

// named enters another object by its name, which the field by holds. Where the file has none, why says so, and instead
// stands in its place; empty: nothing does.
func (d draft) named(into map[string]any, key string, f field, by, why, instead string) {
	path := join("authentik.provider", key)
	r, _ := referred(f)
	name := r.key(by)
	if text := f.text(); text != "" && !isID(text) {
		name = text
	}
	switch {
	case f.value == nil:
		d.put(into, "authentik.provider", key, f)
		return
	case name != "":
		into[key], d.Origins[path] = name, f.at
		return
	}
	if u, ok := f.value.(unknown); ok {
		if why = u.why; u.refused {
			instead = "" // nothing is made at all
		}
	}
	if instead != "" {
		into[key], d.Origins[path] = instead, f.at
		why += "; " + instead + " stands in its place"
	}
	d.missed(path, f, why)
}

func (d draft) application(app *object) {
	const path = "authentik.application"
	d.Authentik.Application = map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(app.fields)) {
		f := app.fields[key]
		switch {
		case key == "pk" || key == "uuid" || key == "provider":
		case key == "backchannel_providers":
			if items, ok := f.value.([]field); !ok || len(items) > 0 {
				d.missed(join(path, key), f, "back-channel providers are not carried over")
			}
		case key == "icon":
			d.put(d.Authentik.Application, path, "meta_icon", f)
		case slices.Contains(knownApplication(), key):
			d.put(d.Authentik.Application, path, key, textual(key, f))
		default:
			d.Authentik.Ignored = append(d.Authentik.Ignored, "application."+key+" ("+f.at+")")
		}
	}
	d.Origins[path] = app.at
}

// policies names what is bound to the application.
func (d draft) policies(s *objects, app *object) {
	for _, b := range s.of(modelBinding) {
		if target, ok := referred(b.fields["target"]); !ok || !target.is(app) {
			continue
		}
		for _, kind := range []string{"group", "user", "policy"} {
			f := b.fields[kind]
			if f.value == nil {
				continue
			}
			what := kind
			if r, ok := referred(f); ok {
				if name := r.key("name") + r.key("username"); name != "" {
					what += " " + name
				}
			} else if text := f.text(); text != "" && !isID(text) {
				what += " " + text
			}
			d.Authentik.Policies = append(d.Authentik.Policies, what)
		}
	}
}

// isID tells the ID of an object from its name: a UUID.
func isID(text string) bool {
	if len(text) != 36 {
		return false
	}
	return strings.Trim(text, "0123456789abcdefABCDEF-") == "" && strings.Count(text, "-") == 4
}
