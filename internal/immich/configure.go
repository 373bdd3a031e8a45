package immich

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Applied is what Configure made of settings.
type Applied struct {
	Issuer       string // the issuer URL that was entered
	ClientID     string
	ClientSecret string             `json:"-"`
	Enabled      bool               // OAuth; a pair file can say that it is off
	Resolved     []guide.Resolved   // what the guide refers to or leaves open, and what the run entered
	Differences  []guide.Difference // what Immich stored otherwise than the guide says
}

// Names of the settings that the guide documents, below "oauth".
const (
	keyEnabled      = "enabled"
	keyIssuer       = "issuerUrl"
	keyClientID     = "clientId"
	keyClientSecret = "clientSecret"
	keyScope        = "scope"
	keyAlgorithm    = "signingAlgorithm"
)

// Configure turns OAuth on and enters what settings document and nothing else: all other values stay as they are.
// clientID, clientSecret and issuer are those that authentik shows. The caller must be an administrator.
func (c *Client) Configure(ctx context.Context, s *guide.Settings, r *version.Release, clientID, clientSecret, issuer string) (*Applied, error) {
	config, err := c.SystemConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("configure Immich: %w", err)
	}
	a := &Applied{ClientID: clientID, ClientSecret: clientSecret}
	if c := s.Configuration; c != nil {
		a.configuration(c, config)
	}
	for key, value := range a.wanted(s, issuer) {
		config.OAuth()[key] = value
	}
	if a.Enabled = !said(s, keyEnabled) && !byFile(s) || config.OAuth()[keyEnabled] == true; a.Enabled {
		config.OAuth()[keyEnabled] = true
	}
	if !byFile(s) { // else it was started with all that
		if _, err := c.PutSystemConfig(ctx, config); err != nil {
			return nil, fmt.Errorf("configure Immich: %w", err)
		}
	}
	checks, err := c.ReadBack(ctx, s, r, a)
	if err != nil {
		return nil, fmt.Errorf("configure Immich: %w", err)
	}
	a.Differences = guide.Differing(checks)
	return a, nil
}

// wanted are the texts to enter, and what had to be decided for them.
func (a *Applied) wanted(s *guide.Settings, issuer string) map[string]string {
	a.Issuer = a.issuerURL(s, issuer)
	wanted := map[string]string{keyIssuer: a.Issuer, keyClientID: a.ClientID, keyClientSecret: a.ClientSecret}
	if v := s.ImmichScope; v != nil && v.Kind != guide.Choice {
		wanted[keyScope] = v.Value
	}
	if v := s.ImmichSigningAlgorithm; v != nil {
		if v.Kind == guide.Literal {
			wanted[keyAlgorithm] = v.Value
		} else {
			a.resolved(keyAlgorithm, "unchanged", fmt.Sprintf("the guide leaves it to the reader: %q", v.Value), v.Line)
		}
	}
	return wanted
}

// issuerURL is the documented issuer: literal, a template that takes the slug, or a reference to what authentik shows.
func (a *Applied) issuerURL(s *guide.Settings, shown string) string {
	v := s.ImmichIssuer
	switch {
	case v == nil:
		a.resolved(keyIssuer, shown, s.What()+" names none; this is what authentik shows", 0)
		return shown
	case v.Kind == guide.Reference || v.Kind == guide.Choice:
		a.resolved(keyIssuer, shown, fmt.Sprintf("the guide refers to what authentik shows: %q", v.Value), v.Line)
		return shown
	case !strings.Contains(v.Value, guide.SlugTemplate):
		return v.Value
	}
	filled := strings.ReplaceAll(v.Value, guide.SlugTemplate, slugOf(shown, s.ApplicationSlug))
	a.resolved(keyIssuer, filled, "the guide's template with the application's slug", v.Line)
	return filled
}

// slugOf is the slug of the application: the last part of the issuer that authentik shows, else the documented one.
func slugOf(issuer string, documented *guide.Value) string {
	if u, err := url.Parse(issuer); err == nil {
		if _, slug, ok := strings.Cut(u.Path, "/application/o/"); ok && strings.Trim(slug, "/") != "" {
			return strings.Trim(slug, "/")
		}
	}
	if documented != nil && documented.Kind == guide.Literal {
		return documented.Value
	}
	return "immich"
}

func (a *Applied) resolved(field, value, reason string, line int) {
	a.Resolved = append(a.Resolved, guide.Resolved{Field: field, Value: value, Reason: reason, Line: line})
}

// ReadBack compares every documented field with what Immich stores now. Secrets are compared and not shown.
func (c *Client) ReadBack(ctx context.Context, s *guide.Settings, _ *version.Release, a *Applied) ([]guide.FieldCheck, error) {
	config, err := c.SystemConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	stored := func(key string) string {
		value, _ := config.OAuth()[key].(string)
		return value
	}
	var checks []guide.FieldCheck
	add := func(field, documented, actual string, line int) {
		checks = append(checks, guide.FieldCheck{Difference: guide.Difference{Field: field, Documented: documented, Actual: actual, Line: line}, Same: documented == actual})
	}
	add("oauth."+keyEnabled, fmt.Sprint(a.Enabled), fmt.Sprint(config.OAuth()[keyEnabled]), 0)
	add("oauth."+keyIssuer, a.Issuer, stored(keyIssuer), s.ImmichIssuer.At())
	add("oauth."+keyClientID, a.ClientID, stored(keyClientID), 0)
	const shared = "the provider's secret"
	secret := "another secret"
	if stored(keyClientSecret) == a.ClientSecret {
		secret = shared
	}
	add("oauth."+keyClientSecret, shared, secret, 0)
	if v := s.ImmichScope; v != nil {
		add("oauth."+keyScope, v.Value, stored(keyScope), v.Line)
	}
	if v := s.ImmichSigningAlgorithm; v != nil && v.Kind == guide.Literal {
		add("oauth."+keyAlgorithm, v.Value, stored(keyAlgorithm), v.Line)
	}
	if s.Configuration != nil {
		checks = append(checks, configured("", s.Configuration.Immich, config)...)
	}
	return checks, nil
}
