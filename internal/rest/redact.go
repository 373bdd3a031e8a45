package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// hidden stands where a secret was.
const hidden = "[hidden]"

// hide replaces every secret in a text, the longest first, so that none is left over in part.
func hide(text string, secrets []string) string {
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, hidden)
		}
	}
	return text
}

// secretsOf lists what a refusal must not repeat of its request: products like to echo what they refuse.
func secretsOf(r Request, header http.Header) []string {
	var secrets []string
	if encoded, err := json.Marshal(r.Body); err == nil {
		var body any
		if json.Unmarshal(encoded, &body) == nil {
			secrets = inJSON(body, secrets)
		}
	}
	secrets = inQuery(r.RawQuery, secrets)
	for _, cookie := range r.Cookies {
		if isSecret(cookie.Name) {
			secrets = append(secrets, cookie.Value)
		}
	}
	for _, line := range header.Values("Cookie") {
		cookies, err := http.ParseCookie(line)
		if err != nil {
			secrets = append(secrets, line)
		}
		for _, cookie := range cookies {
			if isSecret(cookie.Name) {
				secrets = append(secrets, cookie.Value)
			}
		}
	}
	for _, name := range []string{"Authorization", "X-Immich-User-Token", "X-Api-Key"} {
		secrets = append(secrets, strings.TrimPrefix(header.Get(name), "Bearer "))
	}
	return secrets
}

func inJSON(value any, secrets []string) []string {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if text, ok := inner.(string); ok && isSecret(key) {
				secrets = append(secrets, text)
			}
			secrets = inJSON(inner, secrets)
		}
	case []any:
		for _, inner := range v {
			secrets = inJSON(inner, secrets)
		}
	case string:
		if _, query, ok := strings.Cut(v, "?"); ok {
			secrets = inQuery(query, secrets)
		}
	}
	return secrets
}

func inQuery(raw string, secrets []string) []string {
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !isSecret(name) {
			continue
		}
		secrets = append(secrets, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			secrets = append(secrets, plain)
		}
	}
	return secrets
}

// isSecret decides by the name of a field, a parameter or a cookie. The list is exact: a setting such as
// tokenEndpointAuthMethod must stay legible in the refusal that is about it.
func isSecret(name string) bool {
	switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) {
	case "password", "newpassword", "secret", "clientsecret", "key", "apikey",
		"token", "accesstoken", "refreshtoken", "idtoken", "idtokenhint", "logouttoken",
		"code", "codeverifier",
		"immichaccesstoken", "immichoauthcodeverifier", "authentiksession":
		return true
	}
	return false
}
