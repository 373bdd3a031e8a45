package mistake

import (
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// ofStart are what a pair is born with, and what is the machine's.
func ofStart() []Mistake {
	asked := blind(live("live-ca-not-named", "immich.issuer-unreachable", Live{Exit: 1, Fails: []string{begins}, Says: "it does not trust the certificate"}))
	asked.How, asked.Lacks = "start, live", stack.LacksCA
	return []Mistake{
		{
			Name: "ca-not-named-to-old", How: "start", Lacks: stack.LacksCA, Immich: "v1.131.3",
			Want: Want{Cause: "immich.ca-untrusted", Side: report.SideImmich},
		},
		{Name: "ca-not-named", How: "start", Lacks: stack.LacksCA, Want: Want{Cause: "immich.ca-untrusted", Side: report.SideImmich}}, asked,
		{Name: "no-way-to-authentik", How: "start", Lacks: stack.LacksWay, Want: Want{Cause: "immich.issuer-unreachable", Side: report.SideImmich}},
		{
			Name: "registered-uri-refused", How: "double", Double: "refuse-app-uri", Only: []string{"login.mobile.native[*slashes=3]"},
			DoublesOnly: "only a release that breaks refuses what it registers",
			Want:        Want{Cause: "authentik.redirect-uri-refused", Side: report.SideAuthentik},
		},
		{
			Name: "clock-of-authentik-late", How: "double", Double: "clock-late",
			DoublesOnly: "containers have the clock of their machine",
			Want:        Want{Cause: "proxy.clock", Side: report.SideProxy},
		},
		{
			Name: "network-changes", How: "machine", Alone: true, Make: changeNetwork, Only: []string{"login.web.first"},
			DoublesOnly: "a network in which containers are reached is not one's own",
			Want:        Want{Cause: "harness.network-changed", Side: report.SideHarness},
		},
	}
}
