package suites

import (
	"net/url"

	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/pair"
)

// DoctorChecks is every check that the doctor may judge on a pair like the cell's, in the order of LiveCatalogue and without
// bodies: for who reads of them. Nothing is asked.
func DoctorChecks(c Cell) []Check {
	all, _ := LiveCatalogue(everythingSeen(c)) // which leaves nothing to be excluded
	checks := make([]Check, len(all))
	for i, one := range all {
		checks[i] = Check{
			ID: one.ID, Title: one.Title, Level: one.Level, Variant: one.Variant, Requirements: one.Requirements, Needs: one.Needs,
		}
	}
	return checks
}

// everythingSeen is a pair that answered everything: two addresses of each name, a further name, logins of all clients, the
// discovery document, and the settings of both halves.
func everythingSeen(c Cell) *Live {
	immich, authentik := c.Guide.Hosts()
	site := func(host string) *live.Site {
		return &live.Site{Origin: "https://" + host, Host: host, Fronts: make([]live.Front, 2)}
	}
	further := site("another.name.of." + immich)
	l := &Live{
		Seen: &live.Seen{
			Immich: site(immich), Authentik: site(authentik), Origins: []live.Origin{{Site: further}},
			Discovery: live.Discovery{Issuer: "https://" + authentik},
		},
		Release: c.Immich, AuthentikRelease: c.Authentik, Asked: true,
		Settings: &Settings{Pair: &pair.Pair{Authentik: &pair.Authentik{}, Immich: &pair.Immich{}}, Guide: c.Authentik.Guide},
	}
	for _, client := range LiveClients(c.Immich, l.Seen.Immich.Origin, further.Origin) {
		l.Logins = append(l.Logins, live.Login{Client: client, Request: &url.URL{}})
	}
	return l
}
