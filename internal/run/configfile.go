package run

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// withImmichFile makes the client of a pair whose Immich reads a configuration file: it has to know ID and secret before
// authentik has made any.
func (o Options) withImmichFile(s *guide.Settings) Options {
	c := s.Configuration
	if c == nil || !c.ImmichFile {
		return o
	}
	id, _ := c.Provider["client_id"].(string)
	if id == "" {
		id = rand.Text()
	}
	o.client = &client{id: id, secret: rand.Text() + rand.Text()}
	return o
}

// client is an OAuth client whose credentials are made before its provider.
type client struct{ id, secret string }

// immichFile is the configuration file that Immich is started with; nil: none.
func (o Options) immichFile(s *guide.Settings) ([]byte, error) {
	if o.client == nil {
		return nil, nil
	}
	file, err := json.Marshal(immich.ConfigFile(s.Configuration, o.client.id, o.client.secret))
	if err != nil {
		return nil, fmt.Errorf("write Immich's configuration file: %w", err)
	}
	return file, nil
}

// authentikScheme begins authentik's public address: https, unless a pair file has Immich call it without.
func authentikScheme(s *guide.Settings) string {
	if len(plainHosts(s)) > 0 {
		return "http://"
	}
	return "https://"
}

// plainHosts are the public names that the settings have Immich call without TLS.
func plainHosts(s *guide.Settings) []string {
	if s.Configuration == nil || s.ImmichIssuer == nil {
		return nil
	}
	u, err := url.Parse(s.ImmichIssuer.Value)
	if err != nil || u.Scheme != "http" {
		return nil
	}
	return []string{strings.ToLower(u.Hostname())}
}
