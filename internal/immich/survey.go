package immich

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// ReadConfiguration is the permission that lets an API key of an administrator read the configuration (Immich v3.1,
// server/src/controllers/system-config.controller.ts).
const ReadConfiguration = "systemConfig.read"

// ErrNotImmich says that something else answers at an address.
var ErrNotImmich = errors.New("there is no Immich at this address")

// configPaths are the places of the configuration. From 3.2 on there are both, and the first is to go away.
func configPaths() []string { return []string{"/system-config", "/admin/config"} }

// WithKey is a client that calls with an API key.
func (c *Client) WithKey(key string) *Client { return c.with("X-Api-Key", key) }

// Find is the client that asks where this Immich answers, with the version that runs, for who does not know the release
// beforehand. Where something else answers the error is ErrNotImmich.
func (c *Client) Find(ctx context.Context) (*Client, string, error) {
	var answer struct{ Major, Minor, Patch *int }
	for _, place := range []string{serverPath, serverInfoPath} {
		response, err := c.call(ctx, http.MethodGet, place+"/version", nil, &answer)
		switch {
		case rest.Is(err, http.StatusNotFound):
			continue
		case err != nil && response != nil && response.Status < http.StatusMultipleChoices:
			return nil, "", fmt.Errorf("%w: GET /api%s/version is answered with something other than a version", ErrNotImmich, place)
		case err != nil:
			return nil, "", err
		case answer.Major == nil || answer.Minor == nil || answer.Patch == nil:
			continue
		}
		found := *c
		found.server = place
		return &found, fmt.Sprintf("v%d.%d.%d", *answer.Major, *answer.Minor, *answer.Patch), nil
	}
	return nil, "", fmt.Errorf("%w: it has no /api%s/version", ErrNotImmich, serverPath)
}

// FindConfig reads the configuration where this Immich has it. It holds secrets.
func (c *Client) FindConfig(ctx context.Context) (Config, error) {
	var missing error
	for _, path := range configPaths() {
		var config Config
		_, err := c.call(ctx, http.MethodGet, path, nil, &config)
		if rest.Is(err, http.StatusNotFound) {
			missing = errors.Join(missing, err)
			continue
		}
		return config, err
	}
	return nil, missing
}

// PublicConfig is the part of the configuration that everybody may read, in the shape of the whole. It holds no secret.
func (c *Client) PublicConfig(ctx context.Context) (Config, error) {
	features, err := c.Features(ctx)
	if err != nil {
		return nil, err
	}
	var shown struct {
		ButtonText       *string `json:"oauthButtonText"`
		ExternalDomain   *string `json:"externalDomain"`
		LoginPageMessage *string `json:"loginPageMessage"`
	}
	if _, err := c.call(ctx, http.MethodGet, c.server+"/config", nil, &shown); err != nil {
		return nil, err
	}
	oauth, password, server := map[string]any{}, map[string]any{}, map[string]any{}
	feature := func(section map[string]any, key, name string) {
		if on, told := features[name]; told {
			section[key] = on
		}
	}
	text := func(section map[string]any, key string, value *string) {
		if value != nil {
			section[key] = *value
		}
	}
	feature(oauth, keyEnabled, "oauth")
	feature(oauth, "autoLaunch", "oauthAutoLaunch")
	feature(password, keyEnabled, "passwordLogin")
	text(oauth, "buttonText", shown.ButtonText)
	text(server, "externalDomain", shown.ExternalDomain)
	text(server, "loginPageMessage", shown.LoginPageMessage)
	return Config{"oauth": oauth, "passwordLogin": password, "server": server}, nil
}
