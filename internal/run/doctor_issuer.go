package run

import (
	"context"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/suites"
)

func (o DoctorOptions) issuerMistake() error {
	if o.Issuer == "" {
		return nil
	}
	if u, err := url.Parse(o.Issuer); err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return usage("--issuer %s: want the OpenID Configuration Issuer as the provider's page in authentik shows it, such as https://auth.example.org/application/o/immich/", withoutUser(o.Issuer))
	}
	return nil
}

// askIssuer asks for the discovery document of the issuer that the settings tell, where no person named one: authentik's own,
// else the one that Immich is set to.
func (d *doctor) askIssuer(ctx context.Context, pair *suites.Live) error {
	if pair.Settings == nil || d.o.Issuer != "" {
		return nil
	}
	issuer := d.issuerAtAuthentik(pair)
	named := issuer != ""
	if !named {
		issuer = strings.Replace(pair.Settings.Pair.Immich.Issuer(), "http://", "https://", 1)
	}
	switch seen := pair.Seen; {
	case !strings.HasPrefix(issuer, "https://"):
		return nil
	case issuer == seen.Discovery.Issuer: // the guess was right
		seen.Named, seen.Discovery.Guessed = named, false
		return nil
	}
	d.question.Issuer = issuer
	return proxyMistake(live.AskIssuer(ctx, d.transport, d.question, pair.Seen, named))
}

// misnamed says that the issuer that a person named is not that of a pair which begins its logins: the pair is not to blame.
func (d *doctor) misnamed(pair *suites.Live) error {
	issuer, misnamed := pair.Seen.Misnamed()
	if d.o.Issuer == "" || !misnamed {
		return nil
	}
	if issuer != "" {
		return usage("--issuer %s: the issuer of the discovery document there is %s; name it with the slash", d.o.Issuer, issuer)
	}
	way := "copy the OpenID Configuration Issuer from the provider's page in authentik, or leave --issuer out"
	if pair.Settings != nil {
		if own := d.issuerAtAuthentik(pair); own != "" {
			way = "the provider's issuer is " + own
		}
	}
	return usage("--issuer %s: no discovery document is there, and Immich begins logins at %s; %s", d.o.Issuer, pair.Seen.Authentik.Origin, way)
}

// issuerAtAuthentik is the issuer at authentik's public address, by the application's slug; empty: it was not read.
func (d *doctor) issuerAtAuthentik(pair *suites.Live) string {
	p, at := pair.Settings.Pair, d.o.Live.AuthentikURL
	if pair.Seen.Authentik != nil {
		at = pair.Seen.Authentik.Origin
	} else if u, err := url.Parse(p.Immich.Issuer()); at == "" && err == nil {
		at = "https://" + u.Host // where authentik's half was read
	}
	slug := p.Authentik.Slug()
	if slug == "" {
		return ""
	}
	return live.IssuerOf(strings.TrimRight(at, "/"), slug)
}
