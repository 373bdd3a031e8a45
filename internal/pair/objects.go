package pair

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The models of authentik that a pair is made of, as blueprints name them.
const (
	modelProvider    = "authentik_providers_oauth2.oauth2provider"
	modelApplication = "authentik_core.application"
	modelMapping     = "authentik_providers_oauth2.scopemapping"
	modelBinding     = "authentik_policies.policybinding"
	modelFlow        = "authentik_flows.flow"
	modelKey         = "authentik_crypto.certificatekeypair"
	modelGroup       = "authentik_core.group"
	modelUser        = "authentik_core.user"
)

// Options are what a file does not say of itself.
type Options struct {
	Provider string            // the provider's name, client ID or slug, where a file has several for Immich
	Env      map[string]string // environment of authentik's worker, which blueprints read
}

// object is an object of authentik's that a file describes, with the names of authentik's API.
type object struct {
	model, id, at string
	fields        map[string]field
}

func (o *object) text(key string) string { return o.fields[key].text() }

// objects are all of a file.
type objects struct {
	file string
	all  []*object
}

// of are the objects of a model.
func (s *objects) of(model string) []*object {
	return slices.DeleteFunc(slices.Clone(s.all), func(o *object) bool { return o.model != model })
}

// reference is an object that a value names: one of the file, or one that authentik is asked for.
type reference struct {
	model  string
	by     map[string]string // field and value
	object *object           // of the file; nil: not there
}

// key is a field of the object, where the reference or the file says it.
func (r reference) key(name string) string {
	if r.object != nil {
		return r.object.text(name)
	}
	return r.by[name]
}

// is tells whether an object is meant.
func (r reference) is(o *object) bool {
	if r.object != nil || o.model != r.model {
		return r.object == o
	}
	for key, want := range r.by {
		if o.text(key) != want {
			return false
		}
	}
	return len(r.by) > 0
}

// String names the object for a sentence.
func (r reference) String() string {
	model := r.model
	if r.object != nil {
		model = r.object.model
	}
	_, kind, _ := strings.Cut(model, ".")
	for _, key := range []string{"slug", "name", "scope_name", "managed", "username", "pk"} {
		if name := r.key(key); name != "" {
			return strings.TrimSpace(kind + " " + name)
		}
	}
	return "a " + kind + " that it does not name"
}

// referred is what a field refers to, if it does.
func referred(f field) (reference, bool) {
	r, ok := f.value.(reference)
	return r, ok
}

// choose is the provider for Immich.
func (s *objects) choose(o Options) (*object, error) {
	providers := s.of(modelProvider)
	if o.Provider != "" {
		named := slices.DeleteFunc(slices.Clone(providers), func(p *object) bool { return !s.called(p, o.Provider) })
		switch len(named) {
		case 1:
			return named[0], nil
		case 0:
			return nil, fmt.Errorf("%s: it has no OAuth2 provider %q, neither by name, client ID nor slug; %s", s.file, o.Provider, s.list("its providers are", providers, "it has none"))
		}
		return nil, fmt.Errorf("%s: several providers are %q: %s; choose one by its client ID or slug", s.file, o.Provider, s.listed(named))
	}
	candidates := slices.DeleteFunc(slices.Clone(providers), func(p *object) bool { return !s.forImmich(p) })
	switch {
	case len(candidates) == 1:
		return candidates[0], nil
	case len(candidates) > 1:
		return nil, fmt.Errorf("%s: several providers may be Immich's: %s; choose one with --provider, by its name, client ID or slug", s.file, s.listed(candidates))
	case len(providers) == 0:
		return nil, fmt.Errorf("%s: it describes no OAuth2 provider; %s", s.file, s.list("its applications are", s.of(modelApplication), "and no application"))
	}
	return nil, fmt.Errorf("%s: none of its providers is for Immich: %s; if one is all the same, choose it with --provider, by its name, client ID or slug", s.file, s.listed(providers))
}

// forImmich tells by the redirect URIs, or by the name.
func (s *objects) forImmich(p *object) bool {
	texts := []string{p.text("name"), p.text("client_id")}
	for _, app := range s.applicationsOf(p) {
		texts = append(texts, app.text("slug"), app.text("name"))
	}
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), "immich") {
			return true
		}
	}
	for _, address := range addresses(p.fields["redirect_uris"]) {
		address = strings.ReplaceAll(address, `\`, "")
		if strings.HasPrefix(address, "app.immich:") || strings.HasSuffix(address, "/user-settings") || strings.HasSuffix(address, "/api/oauth/mobile-redirect") {
			return true
		}
	}
	return false
}

// addresses are the redirect URIs in either shape.
func addresses(f field) []string {
	items, ok := f.value.([]field)
	if !ok {
		return strings.Fields(f.text())
	}
	var all []string
	for _, item := range items {
		if fields, ok := item.value.(map[string]field); ok {
			all = append(all, fields["url"].text())
		}
	}
	return all
}

// applicationsOf are the applications of a provider.
func (s *objects) applicationsOf(p *object) []*object {
	return slices.DeleteFunc(s.of(modelApplication), func(app *object) bool {
		r, ok := referred(app.fields["provider"])
		return !ok || !r.is(p)
	})
}

// applicationOf is the application of a provider, or the only one of the file that has no other provider.
func (s *objects) applicationOf(p *object) (*object, error) {
	switch all := s.applicationsOf(p); {
	case len(all) == 1:
		return all[0], nil
	case len(all) > 1:
		return nil, errors.New("several applications are of this provider: " + s.listed(all))
	}
	return nil, errors.New("the file has no application of this provider")
}

func (s *objects) list(before string, all []*object, none string) string {
	if len(all) == 0 {
		return none
	}
	return before + " " + s.listed(all)
}

// called reports whether a provider has a name, a client ID or an application of a slug.
func (s *objects) called(p *object, name string) bool {
	return strings.EqualFold(p.text("name"), name) || p.text("client_id") == name ||
		slices.ContainsFunc(s.applicationsOf(p), func(app *object) bool { return app.text("slug") == name })
}

// listed are objects by all that people know them by.
func (s *objects) listed(all []*object) string {
	seen := map[string]bool{}
	for _, o := range all {
		var also []string
		if id := o.text("client_id"); id != "" {
			also = append(also, "client ID "+id)
		}
		for _, app := range append(s.applicationsOf(o), o) {
			if slug := "slug " + app.text("slug"); slug != "slug " && !slices.Contains(also, slug) {
				also = append(also, slug)
			}
		}
		name := cmp.Or(o.text("name"), "one without a name at "+o.at)
		if len(also) > 0 {
			name += " (" + strings.Join(also, ", ") + ")"
		}
		seen[name] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), ", ")
}
