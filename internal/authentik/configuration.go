package authentik

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Fields of a provider that name another object.
const (
	fieldInvalidation  = "invalidation_flow"
	fieldEncryptionKey = "encryption_key"
	fieldSigningKey    = "signing_key"
)

// bySettings are fields that the settings of a guide hold as well, and that are translated with them.
func bySettings(field string) bool {
	return slices.Contains([]string{
		"name", "slug", "client_type", "authentication_flow", "authorization_flow", fieldSigningKey, "redirect_uris",
		"logout_uri", "logout_method", "meta_launch_url", mappingsField, "client_secret",
	}, field)
}

// elsewhere are fields that name objects of the installation that a configuration was taken from.
func elsewhere(field string) bool {
	return slices.Contains([]string{"jwks_sources", "jwt_federation_sources", "jwt_federation_providers", "provider", "backchannel_providers"}, field)
}

// configuration lays what a pair file says over what is sent so far. What it says of objects that a fresh authentik does
// not have is replaced by authentik's own, or left out, and told.
func (t *translation) configuration() {
	c := t.s.Configuration
	if c == nil {
		return
	}
	for _, field := range sortedKeys(c.Provider) {
		value := c.Provider[field]
		switch {
		case bySettings(field):
		case elsewhere(field):
			t.notCarried(field, "it names objects of another installation")
		case field == fieldInvalidation && value != nil:
			t.provider[field] = t.carried(t.at.flows, "flow", field, text(value), InvalidationFlow)
		case field == fieldEncryptionKey && value != nil:
			t.provider[field] = t.carried(t.at.keys, "certificate", field, text(value), SelfSignedKey)
		default:
			t.provider[field] = value
		}
	}
	t.application(c.Application)
	for _, name := range t.at.unsaid {
		t.notCarried("scope mapping "+name, "a fresh authentik has none of that name, and its expression is not known")
	}
	for _, what := range c.NotCarried {
		t.applied.Resolved = append(t.applied.Resolved, guide.Resolved{
			Field: "not carried over", Value: what, Reason: "it does not decide how a login goes for who is let in", NotCarried: what,
		})
	}
}

// applicationName is the application's own name in a pair file; empty: it has the provider's.
func applicationName(s *guide.Settings) string {
	if s.Configuration == nil {
		return ""
	}
	return text(s.Configuration.Application["name"])
}

func (t *translation) application(fields map[string]any) {
	for _, field := range sortedKeys(fields) {
		if !bySettings(field) && !elsewhere(field) {
			t.app[field] = fields[field]
		}
	}
}

// said reports whether a pair file says something of a provider's field, null included.
func (t *translation) said(field string) bool {
	if t.s.Configuration == nil {
		return false
	}
	_, said := t.s.Configuration.Provider[field]
	return said
}

// bare reports whether nothing but what is said is stored: no form has filled in the rest.
func (t *translation) bare() bool {
	return t.s.Configuration != nil && t.s.Configuration.Door == guide.API
}

// carried is the key of the object of that name. A pair file may name one that only its own installation has: authentik's
// own takes its place then.
func (t *translation) carried(in index, kind, field, name, fallback string) string {
	if _, ok := in.keyOf[name]; !ok {
		t.left(field, fallback, fmt.Sprintf("a fresh authentik has no %s %q; its own takes its place", kind, name))
		name = fallback
	}
	return t.find(in, kind, name, 0)
}

// keyOnCurve makes a key of the name and the type that a pair file says, since authentik's own is of another type and so
// of another algorithm. The curve is authentik's choice.
func (c *Client) keyOnCurve(ctx context.Context, s *guide.Settings) error {
	if s.Configuration == nil || s.Configuration.SigningKeyType != KeyEC || s.SigningKey == nil {
		return nil
	}
	keys, err := c.certificates(ctx)
	if err != nil || keys.keyOf[s.SigningKey.Value] != "" {
		return err
	}
	body := map[string]any{"common_name": s.SigningKey.Value, "subject_alt_name": "", "validity_days": 365, "alg": "ecdsa"}
	if err := c.call(ctx, http.MethodPost, certificatesPath+"generate/", body, nil); err != nil {
		return fmt.Errorf("make the key %q on a curve: %w", s.SigningKey.Value, err)
	}
	return nil
}

func (t *translation) notCarried(field, reason string) {
	t.left(field, "not carried over", reason)
}

// left lists what is not as the pair file says.
func (t *translation) left(field, value, reason string) {
	t.applied.Resolved = append(t.applied.Resolved, guide.Resolved{Field: field, Value: value, Reason: reason, NotCarried: fmt.Sprintf("%s (%s)", field, reason)})
}

// mappings are the keys of the scope mappings that a pair file names. Those with an expression of their own
// are made. Missing are those that authentik does not have and the pair file has no expression for.
func (c *Client) mappings(ctx context.Context, wanted []guide.Mapping) (keys, made, missing []string, err error) {
	all, err := c.ScopeMappings(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	keyOf := func(same func(guide.Mapping) bool) string { // names are unique, and so are managed ones
		for key, m := range all {
			if same(m) {
				return key
			}
		}
		return ""
	}
	keys = []string{}
	for _, m := range wanted {
		key := keyOf(func(s guide.Mapping) bool {
			return m.Managed != "" && s.Managed == m.Managed || m.Managed == "" && m.Expression == "" && s.Name == m.Name
		})
		switch {
		case key != "":
			keys = append(keys, key)
		case m.Expression != "":
			var created scopeMapping
			name := m.Name
			if keyOf(func(s guide.Mapping) bool { return s.Name == name }) != "" {
				name += " (pair file)"
			}
			body := map[string]any{"name": name, "scope_name": m.Scope, "description": name, "expression": m.Expression}
			if err := c.call(ctx, http.MethodPost, scopesPath, body, &created); err != nil {
				return nil, made, nil, fmt.Errorf("make the scope mapping %q: %w", m.Name, err)
			}
			keys, made = append(keys, created.PK), append(made, created.PK)
		default:
			missing = append(missing, cmp.Or(m.Name, m.Managed, "of the scope "+m.Scope))
		}
	}
	return keys, made, missing, nil
}

// configured compares what a pair file says beyond settings with what authentik stores.
func (b *readBack) configured(s *guide.Settings, provider, app map[string]any) {
	c := s.Configuration
	if c == nil {
		return
	}
	if wanted, got := applicationName(s), text(app["name"]); wanted != "" {
		b.add(guide.FieldCheck{Difference: guide.Difference{Field: "application_name", Documented: wanted, Actual: got}, Same: wanted == got})
	}
	for _, field := range sortedKeys(c.Provider) {
		actual, known := provider[field] // what this release does not know it leaves without effect
		if !known || bySettings(field) || elsewhere(field) || field == fieldInvalidation || field == fieldEncryptionKey {
			continue
		}
		wanted, got := guide.Plain(c.Provider[field]), guide.Plain(actual)
		b.add(guide.FieldCheck{Difference: guide.Difference{Field: field, Documented: wanted, Actual: got}, Same: wanted == got})
	}
}

// discard takes back what was made for a configuration that failed.
func (c *Client) discard(ctx context.Context, made []string) error {
	var errs []error
	for _, pk := range made {
		errs = append(errs, c.remove(context.WithoutCancel(ctx), scopesPath+pk+"/"))
	}
	return errors.Join(errs...)
}
