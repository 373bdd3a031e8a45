package run_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// nowhere is a name server that knows no name.
func nowhere(_ context.Context, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// TestTheDoctorRefusesWhatIsNoImmich holds that a mistake in the address is told in a line, and nothing is written.
func TestTheDoctorRefusesWhatIsNoImmich(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		other := i.put(t, front.Front{Bend: front.Answers("photos.example.org", http.NotFound)})
		empty := i.put(t, front.Front{Bend: front.Answers("photos.example.org", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Server", "Caddy") })})
		page := i.put(t, front.Front{Bend: front.Answers("photos.example.org", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<h1>NAS</h1>")) // to the doctor
		})})
		api := i.put(t, front.Front{Bend: front.Answers("photos.example.org", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"status": "ok"}`)) // to the doctor
		})})
		for _, tt := range []struct {
			name   string
			change func(*run.DoctorOptions)
			says   string
		}{
			{"no URL", func(o *run.DoctorOptions) { o.Immich = "photos.example.org" }, "photos.example.org: this is not a URL; name the address of Immich, such as https://photos.example.org"},
			{"http", func(o *run.DoctorOptions) { o.Immich = "http://photos.example.org" }, "http://photos.example.org: only https is asked; name https://photos.example.org"},
			{"http on a port", func(o *run.DoctorOptions) { o.Immich = "http://photos.example.org:2283" }, "http://photos.example.org:2283: only https is asked; name the address with https under which people open Immich, such as https://photos.example.org"},
			{"a page of it", func(o *run.DoctorOptions) { o.Immich = "https://photos.example.org/photos" }, "https://photos.example.org/photos: Immich has a host of its own; name https://photos.example.org"},
			{"a password", func(o *run.DoctorOptions) { o.Immich = "https://me:hush@photos.example.org" }, "https://photos.example.org: no user and password belong in the address; name https://photos.example.org"},
			{"a password without a scheme", func(o *run.DoctorOptions) { o.Immich = "me:hush@photos.example.org" }, "photos.example.org: this is not a URL; name the address of Immich, such as https://photos.example.org"},
			{"no host", func(o *run.DoctorOptions) { o.Immich = "https://" }, "https://: want https:// and a host, such as https://photos.example.org"},
			{"unknown host", func(o *run.DoctorOptions) { o.Resolve, o.Lookup = nil, nowhere }, "https://photos.example.org: there is no host photos.example.org; check the name, or say where it is with --resolve photos.example.org:443:ADDRESS"},
			{"unknown host on a port", func(o *run.DoctorOptions) {
				o.Immich, o.Resolve, o.Lookup = "https://photos.example.org:8443", nil, nowhere
			}, "https://photos.example.org:8443: there is no host photos.example.org; check the name, or say where it is with --resolve photos.example.org:8443:ADDRESS"},
			{"something else", other, "https://photos.example.org: there is no Immich: GET /api/server/ping is answered with 404 text/plain; charset=utf-8, as Traefik does where no router matches: a router without `tls` counts for http alone; name the address under which people open Immich, or let the proxy send it to Immich"},
			{"a site that says nothing", empty, "https://photos.example.org: there is no Immich: GET /api/server/ping is answered with 200, as Caddy does where no site matches; name the address under which people open Immich, or let the proxy send it to Immich"},
			{"another program", page, "https://photos.example.org: there is no Immich: GET /api/server/ping is answered with 200 text/html; name the address under which people open Immich"},
			{"another API", api, "https://photos.example.org: there is no Immich: GET /api/server/ping is answered with 200 application/json; name the address under which people open Immich"},
			{"no port", func(o *run.DoctorOptions) { o.Immich = "https://photos.example.org:99999" }, "https://photos.example.org:99999: this is not a URL; name the address of Immich, such as https://photos.example.org"},
			{"no address", func(o *run.DoctorOptions) { o.Immich = "" }, "no address is given; name that of Immich, such as https://photos.example.org"},
			{"a place that is none", func(o *run.DoctorOptions) { o.Resolve = []string{"photos.example.org:443"} }, "--resolve photos.example.org:443: want host:port:address, such as photos.example.org:443:192.0.2.7"},
			{"an address that is none", func(o *run.DoctorOptions) { o.Resolve = []string{"photos.example.org:443:nas"} }, `--resolve photos.example.org:443:nas: "nas" is no IP address`},
			{"a CA that is not there", func(o *run.DoctorOptions) { o.CAFile = "nowhere.pem" }, "--ca-file nowhere.pem: open nowhere.pem: no such file or directory"},
			{"an issuer that is none", func(o *run.DoctorOptions) { o.Issuer = "immich" }, "--issuer immich: want the OpenID Configuration Issuer as the provider's page in authentik shows it, such as https://auth.example.org/application/o/immich/"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				o := i.options(t, io.Discard)
				tt.change(&o)
				_, err := run.Doctor(t.Context(), o)
				asked := new(run.UsageError)
				require.ErrorAs(t, err, &asked)
				require.EqualError(t, err, tt.says)
				assert.NoDirExists(t, o.Out)
			})
		}
	})
}

// TestNoCredentialGoesWithoutTLS holds that authentik's address is looked at before anything is asked.
func TestNoCredentialGoesWithoutTLS(t *testing.T) {
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte("canary"), 0o600))
	for address, says := range map[string]string{
		"http://auth.example.org":             "--authentik http://auth.example.org: only https is asked; name https://auth.example.org",
		"http://auth.example.org:9000":        "--authentik http://auth.example.org:9000: only https is asked; name the address with https under which people open authentik, such as https://auth.example.org",
		"foo":                                 "--authentik foo: this is not a URL; name the address of authentik, such as https://auth.example.org",
		"ftp://auth.example.org":              "--authentik ftp://auth.example.org: want https:// and a host, such as https://auth.example.org",
		"https://me:hush@auth.example.org/if": "--authentik https://auth.example.org/if: no user and password belong in the address; name https://auth.example.org",
	} {
		asked := func(context.Context, string) ([]netip.Addr, error) { panic("something is asked for") }
		o := run.DoctorOptions{
			Options: run.Options{Output: io.Discard, Now: time.Now}, Immich: "https://photos.example.org", Lookup: asked,
			Live: run.LiveOptions{AuthentikURL: address, TokenFile: token},
		}
		_, err := run.Doctor(t.Context(), o)
		mistake := new(run.UsageError)
		require.ErrorAs(t, err, &mistake)
		require.EqualError(t, err, says)
		_, err = run.Capture(t.Context(), o)
		require.ErrorAs(t, err, &mistake)
		require.EqualError(t, err, says)
	}
}

// TestCaptureSaysTheWayToAPair holds that what the command's own flags mend is said with them.
func TestCaptureSaysTheWayToAPair(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		credentials := i.credentials(t, "systemConfig.read")
		for _, tt := range []struct {
			change func(*run.DoctorOptions)
			says   string
			usage  bool
		}{
			{func(o *run.DoctorOptions) { o.Resolve, o.Lookup = nil, nowhere }, "https://photos.example.org: there is no host photos.example.org; check the name, or say where it is with --resolve photos.example.org:443:ADDRESS", true},
			{func(o *run.DoctorOptions) {
				o.Live.AuthentikURL, o.Lookup = "https://sso.example.org:9443", nowhere
			}, "https://sso.example.org:9443: there is no host sso.example.org; check the name, or say where it is with --resolve sso.example.org:9443:ADDRESS", true},
			{func(o *run.DoctorOptions) { o.CAFile = "" }, "certificate signed by unknown authority; name a CA of your own with --ca-file", false},
		} {
			o := i.options(t, io.Discard)
			credentials(&o)
			tt.change(&o)
			_, err := run.Capture(t.Context(), o)
			require.ErrorContains(t, err, tt.says)
			mistake := new(run.UsageError)
			assert.Equal(t, tt.usage, errors.As(err, &mistake))
			assert.NotContains(t, err.Error(), "\n")
		}
	})
}

// TestAPageOfAuthentikTellsItsAddress holds that what a browser shows may be given.
func TestAPageOfAuthentikTellsItsAddress(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		credentials := i.credentials(t, "systemConfig.read")
		for _, page := range []string{"", "/", "/if/admin/#/core/providers/1", "/application/o/immich/"} {
			o := i.options(t, io.Discard)
			credentials(&o)
			o.Live.AuthentikURL = "https://AUTH.example.org:443" + page
			p, err := run.Capture(t.Context(), o)
			require.NoError(t, err, page)
			assert.Equal(t, []string{"https://photos.example.org", "https://auth.example.org"}, p.Captured.From)
		}
	})
}

// TestTheDoctorAnswersPrograms holds that --format json is the report, and only that, by its schema.
func TestTheDoctorAnswersPrograms(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		i.redirectURIs(t, login, link)
		got := i.examine(t, func(o *run.DoctorOptions) { o.JSON = true })
		fitsSchema(t, got.text)
		_, err := report.Load(filepath.Join(got.Dir, report.JSONFile))
		require.NoError(t, err)
		card := string(render.Card(&got.Report))
		assert.Contains(t, card, "add the redirect URI `app.immich:///oauth-callback`")
		for file, content := range contents(t, got.Dir) {
			assert.NotRegexp(t, `immich_oauth_\w+(=|":)`, content, "%s holds a cookie", file)
		}
	})
}
