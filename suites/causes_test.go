package suites_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/report"
)

// causes are those that a run names in each experiment, beside unknown; no others are right. A fault that is not here breaks
// what no setting and no proxy can be blamed for.
var causes = map[string][]string{
	"wire/gateway-error@immich/api/oauth/":              {"proxy.gateway"},
	"wire/gateway-error@authentik/application/o/token/": {"proxy.gateway"},
	"wire/gateway-error@authentik/application/o/":       {"proxy.gateway"},
	"wire/server-error@authentik/application/o/token/":  {"authentik.server-error"},
	"wire/swap-issuer@authentik":                        {"authentik.issuer-differs"},
	"wire/strip-cookies@immich/api/oauth/callback":      {"proxy.cookies"},
	"wire/strip-cookies@immich/api/oauth/authorize":     {"proxy.cookies"},
	"wire/drop-host@authentik":                          {"proxy.host"},
	"wire/drop-forwarded-proto@authentik":               {"proxy.forwarded-proto"},
	"authentik/settings-not-kept":                       {"authentik.signing-key-missing"},
	"authentik/refuse-app-uri":                          {"authentik.redirect-uri-refused"},
	"authentik/clock-late":                              {"proxy.clock"},
	"authentik/issuer-without-slash":                    {"immich.issuer-slash"},
	"immich/settings-not-kept":                          {"immich.scope-missing"},

	// These run on pages with mistakes of their own, which are named as far as the checks that see them run.
	"authentik/login-by-another-flow":                     {"authentik.redirect-uri-missing", "authentik.redirect-uri-too-wide"},
	"immich/server-info-gone":                             {"authentik.redirect-uri-too-wide"},
	"the page of 2024 on releases of 2025":                {"authentik.redirect-uri-missing", "authentik.redirect-uri-too-wide"},
	"an old app that the page of today does not register": {"authentik.redirect-uri-too-wide"},
	"an Immich on the new port":                           {"authentik.redirect-uri-too-wide"},
	"an Immich that knows both places of its answers":     {"authentik.redirect-uri-too-wide"},
	"an Immich without state, on the page of its time":    {"authentik.redirect-uri-too-wide"},
	"the page of 2024 on redirect URIs as text":           {"authentik.redirect-uri-missing", "authentik.redirect-uri-too-wide"},
	"the oldest releases":                                 {"authentik.redirect-uri-missing", "authentik.redirect-uri-too-wide"},
	"possessive":                                          {"authentik.redirect-uri-missing"},
}

// compareCauses holds the causes of a run against what is expected: unknown is better than wrong.
func (s *stand) compareCauses(t *testing.T, rep *report.Report) {
	t.Helper()
	var named []string
	for _, c := range rep.Causes {
		if c.ID != report.Unknown && !slices.Contains(named, c.ID) {
			named = append(named, c.ID)
		}
	}
	slices.Sort(named)
	assert.Equal(t, causes[s.name], named, "the causes")
}
