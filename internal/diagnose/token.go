package diagnose

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// tokenOf reads header and claims of the ID token that an exchange gave Immich; nil: it gave none.
func tokenOf(x *edge.Exchange) *Token {
	if !at(x, tokenPath) || refused(x) {
		return nil
	}
	var tokens struct {
		ID string `json:"id_token"`
	}
	if json.Unmarshal(x.ResponseBody, &tokens) != nil || tokens.ID == "" {
		return nil
	}
	parts := strings.Split(tokens.ID, ".")
	var header struct {
		Algorithm  string `json:"alg"`
		Encryption string `json:"enc"`
	}
	decode(parts[0], &header)
	t := &Token{Algorithm: header.Algorithm, Encryption: header.Encryption}
	if len(parts) == 3 {
		decode(parts[1], &t.Claims)
	}
	return t
}

// decode reads a part of a JWT as far as it can be read.
func decode(part string, into any) {
	if data, err := base64.RawURLEncoding.DecodeString(part); err == nil {
		_ = json.Unmarshal(data, into)
	}
}
