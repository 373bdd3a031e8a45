package report_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
)

func TestCover(t *testing.T) {
	t.Parallel()
	value := func(line int) *guide.Value { return &guide.Value{Value: "x", Line: line, Kind: guide.Literal} }
	settings := &guide.Settings{
		RedirectURIs: []guide.RedirectURI{{URL: "https://immich.company/auth/login", Line: 1}},
		ProviderName: value(2), ClientType: value(3), SigningKey: value(4), LaunchURL: value(5), ImmichIssuer: value(6),
	}
	by := func(id string, status check.Status, covers ...string) check.Result {
		return check.Result{ID: id, Status: status, Covers: covers}
	}
	got := report.Cover(settings, []check.Result{
		by("a", check.Pass, "redirect_uris/login", "signing_key"),
		by("b", check.Fail, "signing_key"),
		by("c", check.Inconclusive, "launch_url", "redirect_uris/login"),
		by("d", check.ExpectedFail, "immich_issuer"),
		by("e", check.Pass),
	}, func(key string) string { return map[string]string{"provider_name": "it is a label"}[key] })
	assert.Equal(t, []report.Coverage{
		{Setting: "redirect_uris/login", Line: 1, State: report.Proven, Checks: []string{"a"}},
		{Setting: "provider_name", Line: 2, State: report.NotCovered, Checks: []string{}, Reason: "it is a label"},
		{Setting: "client_type", Line: 3, State: report.NotCovered, Checks: []string{}, Reason: "no check of this run puts it to the proof"},
		{Setting: "signing_key", Line: 4, State: report.Contradicted, Checks: []string{"a", "b"}},
		{Setting: "launch_url", Line: 5, State: report.NotCovered, Checks: []string{}, Reason: "the checks that put it to the proof could not be judged"},
		{Setting: "immich_issuer", Line: 6, State: report.Contradicted, Checks: []string{"d"}},
	}, got)
}
