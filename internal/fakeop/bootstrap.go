package fakeop

import "github.com/ssoproof/ssoproof/internal/version"

// The slugs of the flows that authentik's blueprints make and that the double plays.
const (
	flowLogin        = "default-authentication-flow"
	flowSource       = "default-source-authentication" // of people who come from elsewhere
	flowExplicit     = "default-provider-authorization-explicit-consent"
	flowImplicit     = "default-provider-authorization-implicit-consent"
	flowLogout       = "default-invalidation-flow"
	flowEndProvider  = "default-provider-invalidation-flow"
	managedScope     = "goauthentik.io/providers/oauth2/scope-"
	certificateName  = "authentik Self-signed Certificate"
	defaultUserPath  = "users"
	bootstrapAccount = "akadmin"
)

// bootstrap makes what a fresh authentik has after its blueprints were applied.
func bootstrap(o Options) *state {
	s := &state{
		sessions: map[string]*session{},
		codes:    map[string]*grant{},
		tokens:   map[string]*grant{},
		settings: object{"avatars": "gravatar,initials", "default_user_change_name": true, "default_user_change_email": false},
	}
	email := o.BootstrapEmail
	if email == "" {
		email = "root@example.com"
	}
	s.users = []*user{{
		pk: s.pk(), uuid: newUUID(), username: bootstrapAccount, name: "authentik Default Admin", email: email,
		password: o.BootstrapPassword, kind: "internal", path: defaultUserPath, active: true,
	}}
	s.flows = bootstrapFlows(o.Release)
	for _, m := range []struct{ scope, name, description string }{
		{"openid", "authentik default OAuth Mapping: OpenID 'openid'", ""},
		{"email", "authentik default OAuth Mapping: OpenID 'email'", "Email address"},
		{"profile", "authentik default OAuth Mapping: OpenID 'profile'", "General Profile Information"},
		{"offline_access", "authentik default OAuth Mapping: OpenID 'offline_access'", "Access to request new tokens without interaction"},
	} {
		s.mappings = append(s.mappings, object{
			"pk": newUUID(), "managed": managedScope + m.scope, "name": m.name, "scope_name": m.scope,
			"description": m.description, "expression": "return {}",
		})
	}
	s.certificates = []object{{"pk": newUUID(), "name": certificateName, "private_key_available": true, "private_key_type": "rsa", "cert_subject": "CN=authentik"}}
	s.brands = []object{{
		"brand_uuid": newUUID(), "domain": "authentik-default", "default": true, "branding_title": "authentik",
		"flow_authentication": find(s.flows, "slug", flowLogin)["pk"],
		"flow_invalidation":   find(s.flows, "slug", flowLogout)["pk"],
	}}
	return s
}

func bootstrapFlows(r *version.Release) []object {
	flows := []object{
		flow(flowLogin, "Welcome to authentik!", "authentication"),
		flow(flowSource, "Welcome to authentik!", "authentication"),
		flow(flowLogout, "Default Invalidation Flow", "invalidation"),
		flow(flowExplicit, "Redirecting to %(app)s", "authorization"),
		flow(flowImplicit, "Redirecting to %(app)s", "authorization"),
	}
	if r.Has(version.InvalidationFlow) {
		flows = append(flows, flow(flowEndProvider, "You've logged out of %(app)s.", "invalidation"))
	}
	return flows
}

func flow(slug, title, designation string) object {
	return object{"pk": newUUID(), "slug": slug, "name": slug, "title": title, "designation": designation}
}
