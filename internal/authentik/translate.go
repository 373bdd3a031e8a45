package authentik

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// What a run calls provider and application where the guide leaves it open.
const (
	defaultName = "Immich"
	defaultSlug = "immich"
)

// directory holds the keys of the objects that a provider refers to.
type directory struct {
	flows, scopes, keys index
	said                []string // keys of the scope mappings that a pair file names
	unsaid              []string // those that it names without an expression, and authentik does not have
}

func (c *Client) directory(ctx context.Context) (directory, error) {
	var d directory
	var errFlows, errScopes, errKeys error
	d.flows, errFlows = c.flows(ctx)
	d.scopes, errScopes = c.scopeMappings(ctx)
	d.keys, errKeys = c.certificates(ctx)
	return d, errors.Join(errFlows, errScopes, errKeys)
}

// translation turns settings into the bodies of authentik's API and notes what it had to decide.
type translation struct {
	s  *guide.Settings
	r  *version.Release
	at directory

	applied  *Applied
	provider map[string]any
	app      map[string]any
	missing  []string // objects that settings name and authentik does not have
}

func translate(s *guide.Settings, r *version.Release, at directory) (*translation, error) {
	t := &translation{s: s, r: r, at: at, applied: &Applied{}, provider: map[string]any{}, app: map[string]any{}}
	t.names()
	t.flows()
	t.signingKey()
	t.redirects()
	t.logout()
	t.formValues()
	t.configuration()
	if len(t.missing) > 0 {
		return nil, fmt.Errorf("authentik has no %s", strings.Join(t.missing, ", no "))
	}
	return t, nil
}

func (t *translation) names() {
	t.applied.Slug = t.choose("application_slug", t.s.ApplicationSlug, defaultSlug)
	name := t.choose("provider_name", t.s.ProviderName, defaultName)
	t.applied.Name = cmp.Or(applicationName(t.s), name)
	t.provider["name"] = name
	t.app["name"], t.app["slug"] = t.applied.Name, t.applied.Slug
	if v := t.s.LaunchURL; v != nil && v.Kind != guide.Choice {
		t.app["meta_launch_url"] = t.fill(v.Value)
	}
	if v := t.s.ClientType; v != nil && v.Kind == guide.Literal {
		t.provider["client_type"] = strings.ToLower(v.Value)
	}
}

func (t *translation) flows() {
	if v := t.s.AuthenticationFlow; v != nil && v.Kind == guide.Literal {
		t.provider["authentication_flow"] = t.flow("authentication_flow", v.Value, AuthenticationFlow, v.Line)
	}
	slug := t.choose("authorization_flow", t.s.AuthorizationFlow, ExplicitConsentFlow)
	t.provider["authorization_flow"] = t.flow("authorization_flow", slug, ExplicitConsentFlow, t.s.AuthorizationFlow.At())
}

func (t *translation) signingKey() {
	v := t.s.SigningKey
	switch {
	case v == nil && t.said(fieldSigningKey):
		t.provider[fieldSigningKey] = nil
		return
	case v == nil && t.bare():
		return
	case v == nil:
		t.onlyKey()
		return
	}
	name := t.choose(fieldSigningKey, v, SelfSignedKey)
	if t.s.Configuration != nil {
		t.provider[fieldSigningKey] = t.carried(t.at.keys, "certificate", fieldSigningKey, name, SelfSignedKey)
		return
	}
	t.provider[fieldSigningKey] = t.find(t.at.keys, "certificate", name, v.Line)
}

// onlyKey does what the form does where a guide is silent: it selects the key pair if there is only one.
func (t *translation) onlyKey() {
	names := t.at.keys.names()
	if formDefault(t.r, version.FormSigningKey, "") != "only" || len(names) != 1 {
		return
	}
	t.provider["signing_key"] = t.at.keys.keyOf[names[0]]
	t.fromForm("signing_key", names[0], "the form selects the only key pair that there is")
}

func (t *translation) redirects() {
	t.provider["redirect_uris"] = redirectField(t.s.RedirectURIs, t.r)
	if t.r.Has(version.RedirectURIText) {
		return // one text without modes: there is nothing to decide
	}
	if c := t.s.Configuration; c != nil && text(c.Provider["redirect_uris"]) != "" {
		t.resolved("redirect_uris", string(guide.Regex), "the file has one text, which this authentik does not take any more; its entries are registered as a list, in the mode that the text had", t.s.RedirectURIs[0].Line)
	}
	for _, u := range t.s.RedirectURIs {
		if u.FromLabel {
			t.resolved("redirect_uris", modeOf(u, t.r), "the label says (RegEx); the form asks for a mode per entry and starts with Strict", u.Line)
			return
		}
	}
	for _, u := range t.s.RedirectURIs {
		if u.Matching == guide.Unstated {
			t.fromForm("redirect_uris", modeOf(u, t.r), "the guide names no mode; a new entry of the form starts with this one")
			return
		}
	}
}

func (t *translation) logout() {
	uri := t.s.LogoutURI
	if uri == nil {
		return
	}
	switch {
	case t.r.Has(version.LogoutFields):
		t.provider["logout_uri"] = t.fill(uri.Value)
		if m := t.s.LogoutMethod; m != nil && m.Kind == guide.Literal {
			t.provider["logout_method"] = bare(m.Value)
		}
	case t.r.Has(version.BackchannelField):
		t.provider["backchannel_logout_uri"] = t.fill(uri.Value)
	}
}

// choose is the documented value, or the run's where the guide leaves it open or is silent.
func (t *translation) choose(field string, v *guide.Value, fallback string) string {
	switch {
	case v == nil:
		t.resolved(field, fallback, t.s.What()+" names none", 0)
	case v.Kind == guide.Choice || v.Kind == guide.Reference:
		t.resolved(field, fallback, fmt.Sprintf("the guide leaves it to the reader: %q", v.Value), v.Line)
	default:
		return t.fill(v.Value)
	}
	return fallback
}

// fill puts the slug in its place. The host names were put in theirs before the settings came here.
func (t *translation) fill(value string) string {
	return strings.ReplaceAll(value, guide.SlugTemplate, t.applied.Slug)
}

// flow is the key of a flow. One that only a pair file's own installation has gives way to the fallback.
func (t *translation) flow(field, slug, fallback string, line int) string {
	if t.s.Configuration != nil {
		return t.carried(t.at.flows, "flow", field, slug, fallback)
	}
	return t.find(t.at.flows, "flow", slug, line)
}

func (t *translation) find(in index, kind, name string, line int) string {
	key, ok := in.keyOf[name]
	if !ok {
		what := fmt.Sprintf("%s %q", kind, name)
		if line > 0 {
			what += fmt.Sprintf(" (%s)", t.s.Ref(line))
		}
		t.missing = append(t.missing, what)
	}
	return key
}

func (t *translation) resolved(field, value, reason string, line int) {
	t.applied.Resolved = append(t.applied.Resolved, guide.Resolved{Field: field, Value: value, Reason: reason, Line: line})
}

func (t *translation) fromForm(field, value, reason string) {
	t.applied.FormValues = append(t.applied.FormValues, guide.Resolved{Field: field, Value: value, Reason: reason})
}

// bare is a value as the API spells it: "Back-channel" is backchannel.
func bare(value string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(value))
}
