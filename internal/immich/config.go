package immich

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Config is Immich's whole system configuration. It holds secrets. Numbers are json.Number, so that what is not touched
// goes back as it came.
type Config map[string]any

// OAuth is the part that the guide documents. What is set in it is set in the configuration.
func (c Config) OAuth() map[string]any { return c.Section("oauth") }

// Section is a part of the configuration by its name, such as "passwordLogin". What is set in it is set in the
// configuration.
func (c Config) Section(name string) map[string]any {
	section, ok := c[name].(map[string]any)
	if !ok {
		section = map[string]any{}
		c[name] = section
	}
	return section
}

// UnmarshalJSON keeps numbers as they are written.
func (c *Config) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return err
	}
	*c = fields
	return nil
}

// SystemConfig reads the configuration. The caller must be an administrator.
func (c *Client) SystemConfig(ctx context.Context) (Config, error) {
	var config Config
	if _, err := c.call(ctx, http.MethodGet, "/system-config", nil, &config); err != nil {
		return nil, fmt.Errorf("read Immich's configuration: %w", err)
	}
	return config, nil
}

// PutSystemConfig stores a complete configuration and returns the effective one: Immich refuses a partial one, and
// replaces empty texts by its defaults. It holds for the next OAuth call.
func (c *Client) PutSystemConfig(ctx context.Context, config Config) (Config, error) {
	var effective Config
	if _, err := c.call(ctx, http.MethodPut, "/system-config", config, &effective); err != nil {
		return nil, fmt.Errorf("store Immich's configuration: %w", err)
	}
	return effective, nil
}
