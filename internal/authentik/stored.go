package authentik

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Stored is all that authentik answers of a provider and its application, by field: "provider.sub_mode", its scope mappings
// as "mappings". What the settings are silent on is among it, so that two runs tell what API, form and blueprint make of it.
// Objects stand by their names. Secrets are left out, and what is another in each installation.
func (c *Client) Stored(ctx context.Context, a *Applied) (map[string]string, error) {
	at, errAt := c.directory(ctx)
	scopes, errScopes := c.ScopeMappings(ctx)
	provider, errProvider := c.Provider(ctx, a.ProviderPK)
	app, errApp := c.Application(ctx, a.Slug)
	if err := errors.Join(errAt, errScopes, errProvider, errApp); err != nil {
		return nil, fmt.Errorf("read what authentik stores: %w", err)
	}
	all := map[string]string{"mappings": named(scopes, provider[mappingsField])}
	for field, value := range provider {
		name := "provider." + field
		switch key := text(value); {
		case ofInstallation(field) || field == mappingsField:
		case strings.HasSuffix(field, "_flow"):
			all[name] = cmp.Or(at.flows.nameOf[key], "null")
		case field == fieldSigningKey || field == fieldEncryptionKey:
			all[name] = cmp.Or(at.keys.nameOf[key], "null")
		case field == "redirect_uris":
			all[name] = listed(storedEntries(value))
		default:
			all[name] = guide.Plain(value)
		}
	}
	for field, value := range app {
		if !ofInstallation(field) {
			all["application."+field] = guide.Plain(value)
		}
	}
	return all, nil
}

// ofInstallation reports whether a field is a secret, or is another in each installation, or only repeats other fields.
func ofInstallation(field string) bool {
	return elsewhere(field) || strings.HasPrefix(field, "assigned_") || strings.HasSuffix(field, "_obj") || slices.Contains([]string{
		"pk", "client_id", "client_secret", "component", "verbose_name", "verbose_name_plural", "meta_model_name",
		"meta_icon_url", "meta_icon_themed_urls",
	}, field)
}

// named are the scope mappings of those keys, by their names.
func named(scopes map[string]guide.Mapping, keys any) string {
	list, _ := keys.([]any)
	names := make([]string, len(list))
	for i, key := range list {
		m := scopes[text(key)]
		names[i] = cmp.Or(m.Managed, m.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func listed(entries []entry) string {
	texts := make([]string, len(entries))
	for i, e := range entries {
		texts[i] = e.String()
	}
	return strings.Join(texts, ", ")
}
