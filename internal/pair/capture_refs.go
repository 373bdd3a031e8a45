package pair

import (
	"context"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

// The fields of a provider that name a certificate.
const (
	signingKey    = "signing_key"
	encryptionKey = "encryption_key"
)

// ownFlow is the beginning of the slugs of the flows that authentik makes.
const ownFlow = "default-"

// flows keeps the flows by their slugs, which are the same in every installation where authentik made them.
func (r *providerReader) flows(ctx context.Context) error {
	slugs, err := r.client.FlowSlugs(ctx)
	if err != nil && !denied(err) {
		return err
	}
	hidden := false
	for _, field := range []string{"authentication_flow", "authorization_flow", "invalidation_flow"} {
		pk, exists := r.fields[field]
		slug, known := slugs[fmt.Sprint(pk)]
		switch {
		case !exists, pk == nil && field == "invalidation_flow": // the API takes no null back
			continue
		case pk == nil:
			r.set(field, nil)
		case !known:
			r.set(field, pk)
			hidden = true
		default:
			r.set(field, slug)
			if !strings.HasPrefix(slug, ownFlow) {
				r.notRead("the stages of the flow %s (%s): they stay in this authentik; a run takes authentik's own flow in its place", slug, field)
			}
		}
	}
	if hidden {
		r.unseen("the names of the provider's flows", authentik.ViewFlows)
	}
	return nil
}

// keys keeps the certificates by their names.
func (r *providerReader) keys(ctx context.Context) error {
	for _, field := range []string{signingKey, encryptionKey} {
		pk, exists := r.fields[field]
		if !exists {
			continue
		}
		if pk == nil {
			r.set(field, nil)
			continue
		}
		name, keyType, err := r.client.Certificate(ctx, fmt.Sprint(pk))
		switch {
		case hiddenObject(err):
			r.set(field, pk) // there is one, which matters more than its name
			r.unseen("name and type of the certificate in "+field, authentik.ViewCertificates)
			continue
		case err != nil:
			return err
		}
		r.set(field, name)
		if field == signingKey && keyType != authentik.KeyRSA {
			r.half.SigningKeyType = keyType
			r.from("authentik.signing_key_type", "authentik: System > Certificates > %s", name)
		}
	}
	return nil
}

// mappings keeps the scope mappings: authentik's own by their managed names, others with their expressions.
func (r *providerReader) mappings(ctx context.Context) error {
	chosen, _ := r.fields["property_mappings"].([]any)
	known, err := r.client.ScopeMappings(ctx)
	if err != nil && !denied(err) {
		return err
	}
	said := Mappings{}
	for _, pk := range chosen {
		m, ok := known[fmt.Sprint(pk)]
		if !ok {
			r.closed("authentik", "the provider's scope mappings", "the token does not open them; the permission %s does", authentik.ViewMappings)
			return nil
		}
		r.from(fmt.Sprintf("authentik.mappings[%d]", len(said)), "authentik: Customization > Property Mappings > %s", m.Name)
		said = append(said, portable(m))
	}
	r.half.Mappings = said
	r.from("authentik.mappings", "%s, field property_mappings", r.where())
	return nil
}

// portable is a mapping as another installation can have it: what authentik ships is there already.
func portable(m guide.Mapping) guide.Mapping {
	if strings.HasPrefix(m.Managed, "goauthentik.io/") {
		m.Expression = ""
		return m
	}
	m.Managed = ""
	return m
}

// application keeps the application and what is bound to it.
func (r *providerReader) application(ctx context.Context) error {
	slug := textOf(r.fields, applicationSlug)
	if slug == "" {
		r.notRead("the application: the provider %s has none, so nobody can log in with it", textOf(r.fields, "name"))
		return nil
	}
	r.half.Application = map[string]any{"slug": slug}
	fields, err := r.client.Application(ctx, slug)
	switch {
	case hiddenObject(err):
		r.unseen("the application "+slug, authentik.ViewApplications)
		return nil
	case err != nil:
		return err
	}
	for field, value := range fields {
		if computed(field) {
			continue
		}
		r.half.Application[field] = plainType(value)
		r.from("authentik.application."+field, "authentik: Applications > Applications > %s, field %s", textOf(fields, "name"), field)
	}
	return r.policies(ctx, textOf(fields, "pk"))
}

// policies keeps who may use the application, in words.
func (r *providerReader) policies(ctx context.Context, application string) error {
	bound, err := r.client.Bindings(ctx, application)
	switch {
	case hiddenObject(err):
		r.unseen("who may use the application", authentik.ViewBindings)
		return nil
	case err != nil:
		return err
	}
	for _, b := range bound {
		r.half.Policies = append(r.half.Policies, inWords(b))
	}
	return nil
}

// inWords is a binding as a person would say it: "group photo-users", "policy office hours (Expression Policy), negated".
func inWords(b authentik.Binding) string {
	text := strings.TrimSpace(b.Kind + " " + b.Name)
	if b.Policy != "" {
		text += " (" + b.Policy + ")"
	}
	if b.Negated {
		text += ", negated"
	}
	if b.Disabled {
		text += ", disabled"
	}
	return text
}
