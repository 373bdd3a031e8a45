package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// Kind is what a secret is, in the word that stands for it.
type Kind string

// The kinds of secrets.
const (
	Code      Kind = "code" // authorization code
	State     Kind = "state"
	Verifier  Kind = "verifier"
	Token     Kind = "token"
	Signature Kind = "signature" // of a JWT
	Cookie    Kind = "cookie"
	Password  Kind = "password"
	Secret    Kind = "secret" // of a client, or of what nobody named
	Key       Kind = "key"
	Value     Kind = "value" // hidden since nobody said that it may be shown
)

// A token stands for a secret: «code:3f9a1c2b». The same secret has the same token in all artefacts of a run, and another
// one in every other run, for the number is a hash under a key that no one else has and that ends with the run.
var (
	token        = regexp.MustCompile(`«([a-z]+):[0-9a-f]{8}»`)
	onlyToken    = regexp.MustCompile(`^«[a-z]+:[0-9a-f]{8}»$`)
	escapedToken = regexp.MustCompile(`%C2%AB([a-z]+)%3A([0-9a-f]{8})%C2%BB`)
)

// WithoutRun is a text whose tokens say only what they stand for, so that it can be compared with one of another run.
func WithoutRun(text string) string {
	if !strings.Contains(text, "«") {
		return text
	}
	return token.ReplaceAllString(text, "«$1»")
}

// hide is what stands for a value that is a secret by its place. A JWT keeps what it says.
func (r *Redactor) hide(kind Kind, value string) string {
	if value == "" || onlyToken.MatchString(value) {
		return value
	}
	if kept, ok := r.jwt(value); ok {
		return kept
	}
	return r.token(kind, value)
}

// token is the token of a secret; one that the run knows has the kind under which it became known.
func (r *Redactor) token(kind Kind, secret string) string {
	r.mu.RLock()
	known, ok := r.tokens[secret]
	r.mu.RUnlock()
	if ok {
		return known
	}
	hash := hmac.New(sha256.New, r.key)
	hash.Write([]byte(secret))
	return "«" + string(kind) + ":" + hex.EncodeToString(hash.Sum(nil)[:4]) + "»"
}

// kindOf is what a secret is by the name that it stands under; otherwise where the name does not tell.
func kindOf(name string, otherwise Kind) Kind {
	name = folded(name)
	for _, rule := range []struct {
		word string
		kind Kind
	}{
		{"verifier", Verifier}, {"state", State}, {"password", Password}, {"passwd", Password}, {"passphrase", Password},
		{"otp", Password}, {"pin", Password}, {"secret", Secret}, {"token", Token}, {"jwt", Token},
		{"assertion", Token}, {"authorization", Token}, {"code", Code}, {"csrf", Cookie}, {"cookie", Cookie},
		{"session", Cookie}, {"key", Key}, {"credential", Password},
	} {
		if strings.Contains(name, rule.word) {
			return rule.kind
		}
	}
	return otherwise
}
