package pair

import (
	"crypto/subtle"
	"strings"
)

// clientSecrets are those of both products as their APIs gave them. They are compared and never written.
type clientSecrets struct{ authentik, immich *string }

// secretIn is the text of a secret; nil where it was not read, or only a mask of it.
func secretIn(fields map[string]any, key string) *string {
	text, ok := fields[key].(string)
	if !ok || text != "" && strings.Trim(text, "*•") == "" {
		return nil
	}
	return &text
}

// ClientSecrets says whether Immich has the client secret of the provider. It is known of a live pair alone, where
// credentials opened both halves, and means nothing for a public client, which has none.
func (p *Pair) ClientSecrets() (same, known bool) {
	s := p.clientSecrets
	if s.authentik == nil || s.immich == nil || p.Authentik == nil || p.Authentik.Provider["client_type"] == "public" {
		return false, false
	}
	return subtle.ConstantTimeCompare([]byte(*s.authentik), []byte(*s.immich)) == 1, true
}
