package run_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestTheDoctorNamesAnInsecureIssuer is on a release that refuses one.
func TestTheDoctorNamesAnInsecureIssuer(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v3.1.0", func(i *installation) {
		i.oauth(t, map[string]any{"issuerUrl": strings.Replace(issuer, "https:", "http:", 1)})
		got := i.examine(t, nil)
		require.Len(t, got.Report.Causes, 1, got.text)
		assert.Equal(t, "immich.issuer-scheme", got.Report.Causes[0].ID)
		assert.Contains(t, got.text, "Immich v3.1.0 refuses an http issuer unless oauth.allowInsecureRequests is set.")
		assert.Contains(t, got.text, "enter the issuer URL with https")
	})
}

// fault is one thing that is wrong with an installation, and what the doctor has to say.
type fault struct {
	name  string
	make  func(*testing.T, *installation) func(*run.DoctorOptions)
	cause string
	exit  int
	fails []string // the checks that do not pass, and are not left out for one that did not
	says  string   // to a reader
}

func wrong(made func(*testing.T, *installation)) func(*testing.T, *installation) func(*run.DoctorOptions) {
	return func(t *testing.T, i *installation) func(*run.DoctorOptions) {
		made(t, i)
		return nil
	}
}

func registered(entries ...string) func(*testing.T, *installation) func(*run.DoctorOptions) {
	return wrong(func(t *testing.T, i *installation) { i.redirectURIs(t, entries...) })
}

func set(key string, value any) func(*testing.T, *installation) func(*run.DoctorOptions) {
	return wrong(func(t *testing.T, i *installation) { i.oauth(t, map[string]any{key: value}) })
}

func behind(f front) func(*testing.T, *installation) func(*run.DoctorOptions) {
	return func(t *testing.T, i *installation) func(*run.DoctorOptions) { return i.put(t, f) }
}

// bent bends the wire for everybody, Immich's own server included.
func bent(f edge.Fault, issuer string) func(*testing.T, *installation) func(*run.DoctorOptions) {
	return func(t *testing.T, i *installation) func(*run.DoctorOptions) {
		_, err := i.stack.Edge().Bend(t.Context(), f)
		require.NoError(t, err)
		return func(o *run.DoctorOptions) { o.Issuer = issuer }
	}
}

const issuer = "https://auth.example.org/application/o/immich/"

func faults() []fault {
	hidden := edge.Fault{Name: "drop-forwarded-proto", Host: "auth.example.org"}
	login443, secure := "live.redirect[uri=login]", "live.tls[host=immich]"
	return []fault{
		{"missing app URI", registered(login, link), "authentik.redirect-uri-missing", 1, []string{"live.redirect[uri=app]"}, "add the redirect URI `app.immich:///oauth-callback`"},
		{"missing link URI", registered(login, app), "authentik.redirect-uri-missing", 1, []string{"live.redirect[uri=link]"}, "add the redirect URI `https://photos.example.org/user-settings`"},
		{"pattern in a strict entry", registered(login, link, `strict app\.immich:\/\/\/oauth-callback`), "authentik.redirect-uri-pattern-in-strict", 1, []string{"live.redirect[uri=app]"}, "change the mode of `app\\.immich:\\/\\/\\/oauth-callback` to Regex"},
		{"pattern for all of a host in a strict entry", registered("strict https://photos.example.org/.*", app), "authentik.redirect-uri-pattern-in-strict", 1, []string{login443, "live.redirect[uri=link]"}, "https://photos.example.org/.*"},
		{"http in discovery", bent(hidden, issuer), "proxy.forwarded-proto", 1, []string{"live.authorize", "discovery.issuer", "discovery.document", "discovery.keys"}, "X-Forwarded-Proto: https"},
		{"http in discovery, the issuer unknown", bent(hidden, ""), "immich.issuer-refused", 1, []string{"live.authorize"}, "fix ask again with `--issuer URL`, as the provider's page in authentik shows it"},
		{"http in discovery, by a well-known address", func(t *testing.T, i *installation) func(*run.DoctorOptions) {
			i.oauth(t, map[string]any{"issuerUrl": issuer + ".well-known/openid-configuration"})
			return bent(hidden, "")(t, i)
		}, "proxy.forwarded-proto", 1, []string{"live.authorize", "discovery.issuer", "discovery.document", "discovery.keys"}, "it says its issuer is `http://"},
		{"another name in discovery", bent(edge.Fault{Name: "drop-host", Host: "auth.example.org", Path: "/application/o/"}, issuer), "proxy.host", 1, []string{"live.authorize", "discovery.issuer", "discovery.document", "discovery.keys"}, "let the proxy keep the Host header"},
		{"forward-auth", behind(front{bend: onHost("photos.example.org", func(_ http.Handler, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://auth.example.org/outpost.goauthentik.io/start?rd=hush", http.StatusFound)
		})}), "proxy.forward-auth", 1, []string{"live.api-open"}, "by https://auth.example.org/outpost.goauthentik.io/start. An outpost"},
		{"OAuth off", set("enabled", false), "immich.oauth-off", 1, []string{"live.oauth-on"}, "turn OAuth on"},
		{"wrong issuer: no slash", set("issuerUrl", strings.TrimSuffix(issuer, "/")), "immich.issuer-refused", 1, []string{"live.authorize"}, "or else authentik believes that it is asked over http: read the discovery document over https"},
		{"wrong issuer: no slash, the issuer known", func(t *testing.T, i *installation) func(*run.DoctorOptions) {
			i.oauth(t, map[string]any{"issuerUrl": strings.TrimSuffix(issuer, "/")})
			return func(o *run.DoctorOptions) { o.Issuer = issuer }
		}, "immich.issuer-refused", 1, []string{"live.authorize"}, "enter `" + issuer + "` as the issuer URL"},
		{"wrong issuer: another slug", set("issuerUrl", "https://auth.example.org/application/o/photos/"), "immich.issuer-unreadable", 1, []string{"live.authorize"}, "or else authentik does not answer"},
		{"wrong issuer: another host", set("issuerUrl", "https://sso.example.org/application/o/immich/"), "immich.issuer-unreachable", 1, []string{"live.authorize"}, "fix ask again with `--issuer URL`"},
		{"wrong issuer: another host, the issuer known", func(t *testing.T, i *installation) func(*run.DoctorOptions) {
			i.oauth(t, map[string]any{"issuerUrl": "https://sso.example.org/application/o/immich/"})
			return func(o *run.DoctorOptions) { o.Issuer = issuer }
		}, "immich.issuer-unreachable", 1, []string{"live.authorize"}, "at fault Immich"},
		{"wrong issuer: no URL", set("issuerUrl", "auth.example.org"), "immich.issuer-not-url", 1, []string{"live.authorize"}, "is no URL"},
		{"wrong client ID", set("clientId", "not-the-client"), "immich.client-id-unknown", 1, []string{login443, "live.redirect[uri=link]", "live.redirect[uri=app]"}, "copy the client ID of the provider"},
		{"no e-mail asked for", set("scope", "openid profile"), "immich.scope-missing", 1, []string{"live.authorize"}, "enter `openid profile email` as the scope"},
		{"expired certificate", behind(front{expired: true}), "proxy.certificate-expired", 1, []string{secure}, "renew the certificate of photos.example.org"},
		{"certificate for another name", behind(front{otherName: true}), "proxy.certificate-name", 1, []string{secure}, "presents a certificate for nas.example.org, a.example.org, b.example.org and 2 more."},
		{"certificate of an unknown CA", behind(front{untrusted: true}), "proxy.certificate-untrusted", 4, []string{secure}, "--ca-file"},
		{"http only", behind(front{plain: true}), "proxy.http-only", 1, []string{secure}, "answers over http and not over https"},
		{"clock off by five minutes", behind(front{bend: dated("photos.example.org", -5*time.Minute)}), "proxy.clock", 1, []string{"live.clock"}, "5m0s behind this machine's"},
		{"WebSockets blocked", behind(front{bend: onHost("photos.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Upgrade")
			next.ServeHTTP(w, r)
		})}), "proxy.websockets", 0, []string{"live.websocket"}, "hand on the headers Upgrade and Connection"},
		{"Immich away", bent(edge.Fault{Name: "gateway-error", Host: "photos.example.org"}, ""), "proxy.gateway", 4, []string{"live.api-open"}, "Immich does not answer"},
		{"authentik away", bent(edge.Fault{Name: "gateway-error", Host: "auth.example.org", Path: "/application/o/authorize/"}, ""), "proxy.gateway", 4, []string{login443, "live.redirect[uri=link]", "live.redirect[uri=app]"}, "authentik does not answer"},
		{"authentik's login page away", bent(edge.Fault{Name: "gateway-error", Host: "auth.example.org", Path: "/if/flow/"}, ""), "proxy.gateway", 4, []string{"live.login-page"}, "authentik does not answer"},
		{"all of authentik away, the issuer unknown", bent(edge.Fault{Name: "gateway-error", Host: "auth.example.org"}, ""), "immich.issuer-unreadable", 1, []string{"live.authorize"}, "ask again with `--issuer URL`"},
		{"all of authentik away", bent(edge.Fault{Name: "gateway-error", Host: "auth.example.org"}, issuer), "proxy.gateway", 1,
			[]string{"live.authorize", "live.clock", "discovery.issuer", "discovery.document", "discovery.keys"}, "authentik does not answer"},
		{"another server by another address", func(t *testing.T, i *installation) func(*run.DoctorOptions) {
			away := i.put(t, front{bend: onHost("photos.example.org", func(_ http.Handler, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })})
			return func(o *run.DoctorOptions) {
				both, second := *o, *o
				away(&second)
				_, address, _ := strings.Cut(second.Resolve[0], ":443:")
				both.Resolve[0] += "," + address
				both.CAFile = together(t, o.CAFile, second.CAFile)
				*o = both
			}
		}, "proxy.addresses-differ", 0, []string{"live.addresses[host=immich]"}, "every address of photos.example.org lead to the same proxy"},
		{"also by http", func(t *testing.T, i *installation) func(*run.DoctorOptions) {
			open := i.put(t, front{plain: true})
			return func(o *run.DoctorOptions) {
				plain := *o
				open(&plain)
				o.Resolve[1] = plain.Resolve[1]
			}
		}, "proxy.http-open", 0, []string{"live.https[host=immich]"}, "redirect http to https"},
		{"authentik out of reach", func(t *testing.T, _ *installation) func(*run.DoctorOptions) {
			at := nobody(t)
			return func(o *run.DoctorOptions) {
				o.Resolve = append(o.Resolve[:2:2], "auth.example.org:443:"+at, "auth.example.org:80:"+at)
			}
		}, "proxy.unreachable", 4, []string{"live.tls[host=authentik]"}, "nothing answers at https://auth.example.org"},
		{"authentik unknown to the name server", func(_ *testing.T, _ *installation) func(*run.DoctorOptions) {
			return func(o *run.DoctorOptions) { o.Resolve, o.Lookup = o.Resolve[:2:2], nowhere }
		}, "proxy.name-unknown", 4, []string{"live.dns[host=authentik]"}, "auth.example.org leads nowhere from here"},
		{"second origin not registered", behind(front{name: "photos.lan"}), "authentik.redirect-uri-missing", 1,
			[]string{"live.redirect[uri=login-photos.lan]", "live.redirect[uri=link-photos.lan]"}, "add the redirect URI `https://photos.lan/auth/login`"},
		{"second origin without a certificate", func(_ *testing.T, i *installation) func(*run.DoctorOptions) {
			return func(o *run.DoctorOptions) {
				o.Origins, o.Resolve = []string{"https://photos.lan"}, append(o.Resolve, "photos.lan:443:"+i.address)
			}
		}, "proxy.certificate-name", 1, []string{"live.origin[name=photos.lan]"}, "let the proxy present a certificate for photos.lan"},
	}
}

// TestTheDoctorNamesTheCause makes one mistake at a time: the doctor names its cause and no other.
func TestTheDoctorNamesTheCause(t *testing.T) {
	t.Parallel()
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				got := i.examine(t, f.make(t, i))
				var causes, fails []string
				for _, c := range got.Report.Causes {
					if !slices.Contains(causes, c.ID) {
						causes = append(causes, c.ID)
					}
				}
				for _, r := range got.Report.Checks {
					if r.Level != check.Info && (r.Status == check.Fail || r.Status == check.Inconclusive) {
						fails = append(fails, r.Name())
					}
				}
				assert.Equal(t, []string{f.cause}, causes, got.text)
				assert.Equal(t, f.exit, got.Verdict.ExitCode(), got.text)
				assert.ElementsMatch(t, f.fails, fails, got.text)
				assert.Contains(t, strings.Join(strings.Fields(got.text), " "), f.says)
				assert.NotContains(t, got.text, "hush")
				told := got.Report.Causes[0]
				assert.Equal(t, strings.Contains(told.Fix.Text, "--issuer URL"), told.Side == report.SideUnknown, "a cause of no side says how to learn it, and no other does")
			})
		})
	}
}

// nowhere is a name server that knows no name.
func nowhere(_ context.Context, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// TestTheDoctorRefusesWhatIsNoImmich holds that a mistake in the address is told in a line, and nothing is written.
func TestTheDoctorRefusesWhatIsNoImmich(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		other := i.put(t, front{bend: onHost("photos.example.org", func(_ http.Handler, w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })})
		for _, tt := range []struct {
			name   string
			change func(*run.DoctorOptions)
			says   string
		}{
			{"no URL", func(o *run.DoctorOptions) { o.Immich = "photos.example.org" }, "photos.example.org: this is no URL; name the address of Immich, such as https://photos.example.org"},
			{"http", func(o *run.DoctorOptions) { o.Immich = "http://photos.example.org" }, "http://photos.example.org: the doctor asks over https, and says what it finds there; name https://photos.example.org"},
			{"a page of it", func(o *run.DoctorOptions) { o.Immich = "https://me:hush@photos.example.org/photos" }, "https://photos.example.org/photos: Immich has a host of its own; name https://photos.example.org"},
			{"no host", func(o *run.DoctorOptions) { o.Immich = "https://" }, "https://: want https:// and a host, such as https://photos.example.org"},
			{"unknown host", func(o *run.DoctorOptions) { o.Resolve, o.Lookup = nil, nowhere }, "https://photos.example.org: there is no host photos.example.org; check the name, or say where it is with --resolve photos.example.org:443:ADDRESS"},
			{"something else", other, "https://photos.example.org: there is no Immich: GET /api/server/ping is answered with 404 text/plain; charset=utf-8; name the address under which people open Immich"},
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
			assert.NotContains(t, content, "immich_oauth", "%s holds a cookie", file)
		}
	})
}
