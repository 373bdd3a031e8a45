package run_test

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestCredentialsTellTheIssuer holds that a doctor with a key, a token or both asks nobody for the issuer, and blames
// Immich's issuer URL as far as what it read tells.
func TestCredentialsTellTheIssuer(t *testing.T) {
	t.Parallel()
	const begins, settings, origin = "live.authorize", "guide.immich", "https://auth.example.org"
	document := []string{"discovery.issuer", "discovery.document", "discovery.keys"}
	tests := []struct {
		name, issuer     string
		key, token, both map[string][]string // causes, and what they explain
	}{
		{"right", origin + "/application/o/immich/", nil, nil, nil},
		{
			"no slash", origin + "/application/o/immich",
			map[string][]string{"immich.issuer-slash": {begins, "discovery.issuer", settings}},
			map[string][]string{"immich.issuer-refused": {begins}},
			map[string][]string{"immich.issuer-slash": {begins, settings}},
		},
		{
			"another slug", origin + "/application/o/photos/",
			map[string][]string{"immich.issuer-unreadable": append([]string{begins}, document...)},
			map[string][]string{"immich.issuer-unreadable": {begins}},
			map[string][]string{"immich.issuer-slug": {begins, settings}},
		},
		{
			"another host", "https://sso.example.org/application/o/immich/",
			map[string][]string{"immich.issuer-unreachable": {begins}, "proxy.name-unknown": {"live.dns[host=authentik]"}},
			map[string][]string{"immich.issuer-unreachable": {begins}},
			map[string][]string{"immich.issuer-host": {begins}},
		},
		{
			"no TLS", "http://auth.example.org/application/o/immich/",
			map[string][]string{"immich.issuer-scheme": {begins}},
			map[string][]string{"immich.issuer-unreadable": {begins}},
			map[string][]string{"immich.issuer-scheme": {begins}},
		},
	}
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		credentials := i.credentials(t, "systemConfig.read")
		for _, tt := range tests {
			i.oauth(t, map[string]any{"issuerUrl": tt.issuer})
			given := map[string]map[string][]string{"key": tt.key, "token": tt.token, "both": tt.both}
			for _, which := range slices.Sorted(maps.Keys(given)) {
				got := i.examine(t, func(o *run.DoctorOptions) {
					credentials(o)
					o.Live.AuthentikURL = origin
					switch which {
					case "key":
						o.Live.TokenFile, o.Live.AuthentikURL = "", ""
					case "token":
						o.Live.KeyFile = ""
					}
				})
				causes := map[string][]string{}
				for _, c := range got.Report.Causes {
					causes[c.ID] = c.Checks
					assert.NotEqual(t, "unknown", string(c.Side), got.text)
				}
				want := given[which]
				if want == nil {
					want = map[string][]string{}
				}
				assert.Equal(t, want, causes, "%s, %s: %s", tt.name, which, got.text)
				assert.NotContains(t, got.text, "--issuer", "%s, %s", tt.name, which)
				if tt.name == "right" {
					asked := slices.DeleteFunc(got.transport.Exchanges(), func(x edge.Exchange) bool { return !strings.HasSuffix(x.URL, "/openid-configuration") })
					assert.Len(t, asked, 1, "the document is asked for once, %s", which)
				}
			}
		}
	})
}

// TestTheSlugIsNotThatOfTheGuide holds that the discovery document of the pair's own application is found by its credentials,
// and without any where its slug is what authentik's form makes of its name.
func TestTheSlugIsNotThatOfTheGuide(t *testing.T) {
	t.Parallel()
	for name, judged := range map[string]bool{"Our Photos!": true, "Pictures": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				ask := i.World.Authentik.Call
				require.NoError(t, ask(t.Context(), http.MethodDelete, "/core/applications/"+i.Shared.OP.Slug+"/", nil, nil))
				app := map[string]any{"name": name, "slug": "our-photos", "provider": i.Shared.OP.ProviderPK}
				require.NoError(t, ask(t.Context(), http.MethodPost, "/core/applications/", app, nil))
				i.oauth(t, map[string]any{"issuerUrl": "https://auth.example.org/application/o/our-photos/"})
				credentials := i.credentials(t, "systemConfig.read")
				found := func(change func(*run.DoctorOptions)) bool {
					got := i.examine(t, change)
					assert.Empty(t, got.Report.Causes, got.text)
					return slices.ContainsFunc(got.Report.Checks, func(r check.Result) bool { return r.ID == "discovery.keys" && r.Status == check.Pass })
				}
				assert.Equal(t, judged, found(func(*run.DoctorOptions) {}))
				assert.True(t, found(credentials))
			})
		})
	}
}

// TestAnIssuerThatIsNotThePairs holds that a mistake in --issuer is told in a line, and blames no pair that begins its logins.
func TestAnIssuerThatIsNotThePairs(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		const at = "https://auth.example.org/application/o/"
		const nothing = ": no discovery document is there, and Immich begins logins at https://auth.example.org; "
		const copied = "copy the OpenID Configuration Issuer from the provider's page in authentik, or leave --issuer out"
		opens := i.credentials(t, "systemConfig.read")
		nobody := func(*run.DoctorOptions) {}
		for _, tt := range []struct {
			issuer string
			change func(*run.DoctorOptions)
			says   string // empty: nothing is wrong
		}{
			{at + "immich/", nobody, ""},
			{at + "immich/.well-known/openid-configuration", nobody, ""},
			{at + "nosuch/", nobody, nothing + copied},
			{at + "nosuch/", opens, nothing + "the provider's issuer is " + at + "immich/"},
			{"https://photos.example.org/application/o/immich/", nobody, nothing + copied},
			{at + "immich", nobody, ": the issuer of the discovery document there is " + at + "immich/; name it with the slash"},
		} {
			o := i.options(t, io.Discard)
			o.Issuer = tt.issuer
			tt.change(&o)
			got, err := run.Doctor(t.Context(), o)
			if tt.says == "" {
				require.NoError(t, err)
				assert.Equal(t, report.Partial, got.Verdict)
				for _, r := range got.Report.Checks {
					if r.ID == "discovery.issuer" {
						assert.Equal(t, check.Pass, r.Status, tt.issuer)
					}
				}
				continue
			}
			mistake := new(run.UsageError)
			require.ErrorAs(t, err, &mistake)
			require.EqualError(t, err, "--issuer "+tt.issuer+tt.says)
			assert.NoDirExists(t, o.Out)
		}

		i.oauth(t, map[string]any{"issuerUrl": at + "photos/"})
		got := i.examine(t, func(o *run.DoctorOptions) { o.Issuer = at + "nosuch/" })
		assert.Equal(t, report.Violation, got.Verdict, "Immich begins no login: the pair is judged")
	})
}
