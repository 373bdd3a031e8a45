package live

import (
	"net/http"
	"regexp"
	"slices"
)

// hidden are parameters of an authorization request that are for one login alone, also where a URL is the parameter of
// another, and that one of a third.
var hidden = regexp.MustCompile(`((?:[?&]|%(?:25)*3F|%(?:25)*26|\\u0026)(?:state|nonce|code|code_challenge|id_token_hint|sessionKey|apiKey)(?:=|%(?:25)*3D))[^&%#"\\\s]+`)

func withoutSecrets(text string) string { return hidden.ReplaceAllString(text, "${1}-") }

// kept are the headers that are recorded: none can hold a secret.
var kept = []string{
	"Accept", "Alt-Svc", "Cache-Control", "Connection", "Content-Length", "Content-Type", "Date", "Location", "Retry-After", "Server",
	"Strict-Transport-Security", "Upgrade", "User-Agent", "Via", "Www-Authenticate", "X-Authentik-Id", "X-Correlation-Id", "X-Powered-By",
}

func keptHeader(h http.Header) http.Header {
	recorded := http.Header{}
	for name, values := range h {
		if !slices.Contains(kept, http.CanonicalHeaderKey(name)) {
			continue
		}
		for _, value := range values {
			recorded.Add(name, withoutSecrets(value))
		}
	}
	return recorded
}

// credentialed reports whether a request carries a credential.
func credentialed(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || r.Header.Get("X-Api-Key") != ""
}
