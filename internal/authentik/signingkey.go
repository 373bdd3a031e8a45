package authentik

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
)

// ErrNoSigningKey says that a provider signs with its client secret.
var ErrNoSigningKey = errors.New("the provider has no signing key")

// SigningKey is the private key that a provider signs with, and its text as authentik shows it to administrators: a
// secret. Where the provider signs with its client secret the error is ErrNoSigningKey.
func (c *Client) SigningKey(ctx context.Context, provider int) (key crypto.Signer, secret string, err error) {
	fields, err := c.Provider(ctx, provider)
	if err != nil {
		return nil, "", fmt.Errorf("read the signing key: %w", err)
	}
	pair := text(fields["signing_key"])
	if pair == "" {
		return nil, "", ErrNoSigningKey
	}
	var shown struct {
		Data string `json:"data"`
	}
	if err := c.call(ctx, http.MethodGet, certificatesPath+pair+"/view_private_key/", nil, &shown); err != nil {
		return nil, "", fmt.Errorf("read the signing key: %w", err)
	}
	key, err = readSigner(shown.Data)
	return key, shown.Data, err
}

// readSigner reads a private key in any of the forms in which authentik keeps one. Its errors hold nothing of it.
func readSigner(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the signing key is not in PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	return nil, fmt.Errorf("the signing key is of a kind that cannot be read (%s)", block.Type)
}
