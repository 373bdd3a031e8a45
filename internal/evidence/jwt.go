package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

// base64Object also finds a JWT that is cut off, and any other JSON object in base64url.
var base64Object = regexp.MustCompile(`eyJ[\w-]{5,}(?:\.[\w-]*){0,4}`)

// jwts takes the signatures off the JWTs in a text, and hides what only looks like one.
func (r *Redactor) jwts(text string) string {
	if !strings.Contains(text, "eyJ") {
		return text
	}
	return base64Object.ReplaceAllStringFunc(text, func(found string) string {
		if kept, ok := r.jwt(found); ok {
			return kept
		}
		whole := strings.TrimRight(found, ".") // a sentence may end here
		return r.hide(Token, whole) + found[len(whole):]
	})
}

// jwt is a signed JWT with its header and its claims, which say what went wrong, and without its signature, which alone
// makes it worth anything (RFC 7515 §3.1). It is false for everything else.
func (r *Redactor) jwt(text string) (string, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || !strings.HasPrefix(text, "eyJ") {
		return "", false
	}
	header, ok := r.segment(parts[0], "alg")
	if !ok {
		return "", false
	}
	claims, ok := r.segment(parts[1], "")
	if !ok {
		return "", false
	}
	signature := parts[2]
	if signature != "" && !onlyToken.MatchString(signature) {
		signature = r.token(Signature, signature)
	}
	return header + "." + claims + "." + signature, true
}

// segment is the first or second part of a JWT without the secrets in it. It has to hold a member.
func (r *Redactor) segment(part, member string) (string, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return "", false
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || member != "" && object[member] == nil {
		return "", false
	}
	clean, err := r.JSON(raw)
	if err != nil {
		return "", false
	}
	if bytes.Count(clean, []byte("«")) == bytes.Count(raw, []byte("«")) {
		return part, true // its own bytes
	}
	return base64.RawURLEncoding.EncodeToString(clean), true
}

// signatureOf is the last part of a JWT; of anything else it is all of it.
func signatureOf(secret string) (string, bool) {
	parts := strings.Split(secret, ".")
	if len(parts) == 3 && strings.HasPrefix(parts[0], "eyJ") && strings.HasPrefix(parts[1], "eyJ") {
		return parts[2], true
	}
	return secret, false
}
