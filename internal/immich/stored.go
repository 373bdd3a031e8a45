package immich

import (
	"context"
	"fmt"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Stored is all that Immich answers of the sections that decide how people log in, by setting: "oauth.autoRegister". What
// the settings are silent on is among it, so that two runs tell what a file and the API make of it. Secrets are left out,
// and the client ID, which is another in each run.
func (c *Client) Stored(ctx context.Context) (map[string]string, error) {
	config, err := c.SystemConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what Immich stores: %w", err)
	}
	all := map[string]string{}
	for _, section := range []string{"oauth", "passwordLogin", "server"} {
		fields, _ := config[section].(map[string]any)
		for key, value := range fields {
			if key != keyClientID && key != keyClientSecret {
				all[section+"."+key] = guide.Plain(value)
			}
		}
	}
	return all, nil
}
