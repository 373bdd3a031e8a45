package pair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/rest"
)

// section is a part of Immich's configuration that decides how people log in, and where an administrator finds it.
type section struct{ key, where string }

func sections() []section {
	const settings = "Immich: Administration > Settings > "
	return []section{
		{"oauth", settings + "Authentication Settings > OAuth"},
		{"passwordLogin", settings + "Authentication Settings > Password Login"},
		{"server", settings + "Server Settings"},
	}
}

// readImmich reads Immich's half.
func (c *capture) readImmich(ctx context.Context) error {
	client, running, err := immich.New(c.ImmichURL, c.HTTP).Find(ctx)
	switch {
	case errors.Is(err, immich.ErrNotImmich):
		return fmt.Errorf("%s: %w; give the one at which people open it", c.ImmichURL, err)
	case err != nil:
		return unanswered("Immich", c.ImmichURL, err)
	}
	c.pair.Captured.Immich = running
	config, err := c.immichConfig(ctx, client)
	if err != nil {
		return err
	}
	half := &Immich{Config: map[string]any{}}
	for _, s := range sections() {
		fields, ok := config[s.key].(map[string]any)
		if !ok {
			continue
		}
		half.Config[s.key] = withoutSecrets(fields)
		if s.key == "oauth" {
			c.pair.clientSecrets.immich = secretIn(fields, "clientSecret")
		}
		c.pair.Origins["immich.config."+s.key] = s.where
		for key := range half.Config[s.key].(map[string]any) {
			c.pair.Origins["immich.config."+s.key+"."+key] = s.where + ", field " + key
		}
	}
	c.pair.Immich = half
	return nil
}

// immichConfig is the configuration, as far as the key opens it.
func (c *capture) immichConfig(ctx context.Context, client *immich.Client) (immich.Config, error) {
	if c.ImmichKey == "" {
		c.closed("immich", "Immich's OAuth settings", "no API key was given; one of an administrator with the permission %s opens them", immich.ReadConfiguration)
		return c.publicConfig(ctx, client)
	}
	config, err := client.WithKey(c.ImmichKey).FindConfig(ctx)
	var refused *rest.Error
	switch {
	case rest.Is(err, http.StatusForbidden) && errors.As(err, &refused):
		c.closed("immich", "Immich's OAuth settings", "the API key does not open them (%s); one of an administrator with the permission %s does", refused.Message, immich.ReadConfiguration)
		return c.publicConfig(ctx, client)
	case rest.Is(err, http.StatusUnauthorized) && errors.As(err, &refused):
		return nil, fmt.Errorf("%s: Immich does not take the API key (%s); an administrator makes one in Account Settings > API Keys, with the permission %s", c.ImmichURL, refused.Message, immich.ReadConfiguration)
	case err != nil:
		return nil, unanswered("Immich's configuration", c.ImmichURL, err)
	}
	return config, nil
}

func (c *capture) publicConfig(ctx context.Context, client *immich.Client) (immich.Config, error) {
	config, err := client.PublicConfig(ctx)
	if err != nil {
		return nil, unanswered("Immich's public configuration", c.ImmichURL, err)
	}
	return config, nil
}

// Issuer is Immich's issuer URL; empty where it is not said.
func (i *Immich) Issuer() string {
	if i == nil {
		return ""
	}
	oauth, _ := i.Config["oauth"].(map[string]any)
	issuer, _ := oauth["issuerUrl"].(string)
	return issuer
}

// withoutSecrets is a copy of fields in plain types that a pair file may hold.
func withoutSecrets(fields map[string]any) map[string]any {
	kept := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !secretName(key) {
			kept[key] = plainType(fields[key])
		}
	}
	return kept
}

// secretName reports whether a field of either product is named as a secret is: clientSecret, client_secret.
func secretName(key string) bool {
	name := strings.ReplaceAll(strings.ToLower(key), "_", "")
	return slices.ContainsFunc([]string{"secret", "password", "privatekey", "apikey"}, func(word string) bool {
		return strings.HasSuffix(name, word)
	})
}

// plainType is a JSON value in the types that YAML writes as they are meant: a json.Number as a number.
func plainType(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		if number, err := v.Float64(); err == nil {
			return number
		}
	case map[string]any:
		return withoutSecrets(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plainType(item)
		}
		return list
	}
	return value
}
