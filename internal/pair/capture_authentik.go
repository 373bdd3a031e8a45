package pair

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/rest"
)

// Slug is that of the application; empty where it is not said.
func (a *Authentik) Slug() string {
	if a == nil {
		return ""
	}
	slug, _ := a.Application["slug"].(string)
	return slug
}

// readAuthentik reads authentik's half.
func (c *capture) readAuthentik(ctx context.Context) error {
	if c.AuthentikToken == "" {
		c.closed("authentik", "authentik's settings", "no API token was given; --authentik-token-file FILE gives one")
		return nil
	}
	if c.AuthentikURL == "" {
		issuer, err := url.Parse(c.pair.Immich.Issuer())
		if err != nil || issuer.Host == "" {
			return errors.New("authentik's address is not known, since Immich's issuer URL does not tell it; name authentik's address with --authentik")
		}
		if issuer.Scheme != "https" {
			return fmt.Errorf("Immich's issuer URL begins with %s://%s, and no API token is sent without TLS; name authentik's https address with --authentik", issuer.Scheme, issuer.Host)
		}
		c.AuthentikURL = issuer.Scheme + "://" + issuer.Host
	}
	c.pair.Captured.From = append(c.pair.Captured.From, c.AuthentikURL)
	client := authentik.New(c.AuthentikURL, c.AuthentikToken, c.HTTP)
	running, err := client.Version(ctx)
	var refused *rest.Error
	switch {
	case denied(err) && errors.As(err, &refused):
		return fmt.Errorf("%s: authentik does not take the token (%s); make one in Directory > Tokens and App passwords, with the intent API", c.AuthentikURL, refused.Message)
	case err != nil:
		return unanswered("authentik", c.AuthentikURL, err)
	case running == "":
		return fmt.Errorf("%s: there is no authentik at this address: it tells no version", c.AuthentikURL)
	}
	c.pair.Captured.Authentik = running
	fields, err := c.provider(ctx, client)
	if err != nil || fields == nil {
		return err
	}
	c.pair.clientSecrets.authentik = secretIn(fields, "client_secret")
	r := &providerReader{capture: c, client: client, fields: fields, half: &Authentik{Door: guide.Form, Provider: map[string]any{}}}
	if err := r.read(ctx); err != nil {
		return unanswered("authentik's API", c.AuthentikURL, err)
	}
	c.pair.Authentik = r.half
	return nil
}

// providerReader makes authentik's half of one provider.
type providerReader struct {
	*capture
	client *authentik.Client
	fields map[string]any // as the API gives them, secrets among them
	half   *Authentik
}

func (r *providerReader) read(ctx context.Context) error {
	r.said()
	for _, step := range []func(context.Context) error{r.flows, r.keys, r.mappings, r.application} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// where is what people call the provider, and where they find it.
func (r *providerReader) where() string {
	name, _ := r.fields["name"].(string)
	return "authentik: Applications > Providers > " + name
}

// set keeps a field of the provider.
func (r *providerReader) set(field string, value any) { r.setFrom(field, value, field) }

// setFrom keeps a field under another name than authentik's own.
func (r *providerReader) setFrom(field string, value any, from string) {
	r.half.Provider[field] = value
	r.from("authentik.provider."+field, "%s, field %s", r.where(), from)
}

// from says where a value of the pair file was read.
func (c *capture) from(path, format string, args ...any) {
	c.pair.Origins[path] = fmt.Sprintf(format, args...)
}

// computed reports whether a field is not stored as such, or means something in its own installation only.
func computed(field string) bool {
	return slices.Contains([]string{
		"pk", "component", "verbose_name", "verbose_name_plural", "meta_model_name", "property_mappings",
		"provider", "backchannel_providers", "launch_url", "meta_icon", "meta_icon_url", "meta_icon_themed_urls",
	}, field) || strings.HasPrefix(field, "assigned_") || strings.HasSuffix(field, "_obj") || secretName(field)
}

// said keeps the fields of the provider that stand for themselves. References are named by those who read them.
func (r *providerReader) said() {
	for field, value := range r.fields {
		list, isList := value.([]any)
		switch {
		case computed(field) || strings.HasSuffix(field, "_flow") || field == signingKey || field == encryptionKey:
		case isList && len(list) == 0 && strings.HasPrefix(field, "jwt_federation_"): // nothing to carry over
		case field == "backchannel_logout_uri": // until 2025.8; from then on logout_uri
			r.setFrom("logout_uri", value, field)
		default:
			r.set(field, plainType(value))
		}
	}
	if list, ok := r.fields["redirect_uris"].([]any); ok {
		for i := range list {
			r.from(fmt.Sprintf("authentik.provider.redirect_uris[%d]", i), "%s, field redirect_uris", r.where())
		}
	}
}
