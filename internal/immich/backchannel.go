package immich

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// BackchannelPath is where Immich takes logout tokens, since v3.0.0.
const BackchannelPath = "/api/oauth/backchannel-logout"

// BackchannelLogout posts a logout token as an OpenID Provider does, and says what Immich answered, whatever that is.
func (c *Client) BackchannelLogout(ctx context.Context, token string) (status int, said string, err error) {
	form := url.Values{"logout_token": {token}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api.BaseURL+BackchannelPath, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", fmt.Errorf("immich: POST %s: the address is not a URL", BackchannelPath)
	}
	request.Header = c.api.Header.Clone()
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.api.HTTP.Do(request)
	if err != nil {
		return 0, "", fmt.Errorf("immich: POST %s: %w", BackchannelPath, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return 0, "", fmt.Errorf("immich: POST %s: %d, then reading the answer failed: %w", BackchannelPath, response.StatusCode, err)
	}
	return response.StatusCode, message(body), nil
}
