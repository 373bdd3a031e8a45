package mistake

import (
	"net/http"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
	"github.com/ssoproof/ssoproof/internal/report"
)

const (
	issuerURL = "https://authentik.company/application/o/immich/"
	login     = "strict https://immich.company/auth/login"
	link      = "strict https://immich.company/user-settings"
	app       = "strict app.immich:///oauth-callback"

	loginCheck = "live.redirect[uri=login]"
	linkCheck  = "live.redirect[uri=link]"
	appCheck   = "live.redirect[uri=app]"
	begins     = "live.authorize"
	secure     = "live.tls[host=immich]"
)

// ofLive are what the doctor is asked about.
func ofLive() []Mistake {
	var all []Mistake
	for _, some := range [][]Mistake{liveProvider(), liveIssuer(), liveWire(), liveCertificates(), liveFront(), liveAddresses(), liveElsewhere()} {
		all = append(all, some...)
	}
	return all
}

// live is a mistake of that cause before a running pair, on the side that the cause's ID begins with.
func live(name, cause string, l Live) Mistake {
	side, _, _ := strings.Cut(cause, ".")
	return Mistake{Name: name, How: "live", Live: &l, Want: Want{Cause: cause, Side: report.Side(side)}}
}

// blind is a mistake whose cause names no side: who is not told where authentik is cannot tell.
func blind(m Mistake) Mistake {
	m.Want.Side = report.SideUnknown
	return m
}

// knowingIssuer is a person who names authentik's issuer.
func knowingIssuer(v *Visit) error {
	v.Doctor.Issuer = issuerURL
	return nil
}

func (m Mistake) inSettings(keys map[string]any) Mistake {
	m.Make = oauth(keys)
	return m
}

func (m Mistake) onWire(f edge.Fault) Mistake {
	m.Wire = f
	return m
}

// registering replaces what the provider registers: "strict https://…", "regex …".
func (m Mistake) registering(entries ...string) Mistake {
	list := []any{}
	for _, entry := range entries {
		mode, uri, _ := strings.Cut(entry, " ")
		list = append(list, map[string]any{"matching_mode": mode, "url": uri})
	}
	m.Make = provider(values(map[string]any{"redirect_uris": list}))
	return m
}

func liveProvider() []Mistake {
	missing, pattern := "authentik.redirect-uri-missing", "authentik.redirect-uri-pattern-in-strict"
	return []Mistake{
		live("live-app-uri-missing", missing, Live{Exit: 1, Fails: []string{appCheck}, Says: "add the redirect URI `app.immich:///oauth-callback`"}).
			registering(login, link),
		live("live-link-uri-missing", missing, Live{Exit: 1, Fails: []string{linkCheck}, Says: "add the redirect URI `https://immich.company/user-settings`"}).
			registering(login, app),
		live("live-app-pattern-in-strict", pattern, Live{Exit: 1, Fails: []string{appCheck}, Says: "change the mode of `app\\.immich:\\/\\/\\/oauth-callback` to Regex"}).
			registering(login, link, `strict app\.immich:\/\/\/oauth-callback`),
		live("live-host-pattern-in-strict", pattern, Live{Exit: 1, Fails: []string{loginCheck, linkCheck}, Says: "https://immich.company/.*"}).
			registering("strict https://immich.company/.*", app),
	}
}

func liveIssuer() []Mistake {
	set := func(name, cause, issuer, says string) Mistake {
		return live(name, cause, Live{Exit: 1, Fails: []string{begins}, Says: says}).inSettings(map[string]any{"issuerUrl": issuer})
	}
	known := func(name, cause, issuer, says string) Mistake {
		m := set(name, cause, issuer, says)
		m.Live.Before = knowingIssuer
		return m
	}
	insecure := set("live-issuer-by-http", "immich.issuer-scheme", strings.Replace(issuerURL, "https:", "http:", 1),
		"Immich v3.1.0 refuses an http issuer unless oauth.allowInsecureRequests is set. fix enter the issuer URL with https")
	insecure.Immich = "v3.1.0"
	noURL := set("live-issuer-not-url", "immich.issuer-not-url", "authentik.company", "is not a URL")
	noURL.Immich = "v2.7.5" // from v3.0.0 on Immich stores no such issuer
	return []Mistake{
		insecure,
		known("live-issuer-without-slash-known", "immich.issuer-refused", strings.TrimSuffix(issuerURL, "/"), "enter `"+issuerURL+"` as the issuer URL"),
		known("live-issuer-of-another-host-known", "immich.issuer-unreachable", "https://sso.company/application/o/immich/", "at fault Immich"),
		blind(set("live-issuer-without-slash", "immich.issuer-refused", strings.TrimSuffix(issuerURL, "/"), "or else authentik believes that it is asked over http: read the discovery document over https")),
		blind(set("live-issuer-of-another-slug", "immich.issuer-unreadable", "https://authentik.company/application/o/photos/", "or else authentik does not answer")),
		blind(set("live-issuer-of-another-host", "immich.issuer-unreachable", "https://sso.company/application/o/immich/", "fix ask again with `--issuer URL`")),
		noURL,
		live("live-oauth-off", "immich.oauth-off", Live{Exit: 1, Fails: []string{"live.oauth-on"}, Says: "turn OAuth on"}).
			inSettings(map[string]any{"enabled": false}),
		live("live-wrong-client-id", "immich.client-id-unknown", Live{Exit: 1, Fails: []string{loginCheck, linkCheck, appCheck}, Says: "copy the client ID of the provider"}).
			inSettings(map[string]any{"clientId": "not-the-client"}),
		live("live-scope-without-email", "immich.scope-missing", Live{Exit: 1, Fails: []string{begins}, Says: "enter `openid profile email` as the scope"}).
			inSettings(map[string]any{"scope": "openid profile"}),
	}
}

// liveWire bends the wire behind the front, for Immich's own server as well.
func liveWire() []Mistake {
	hidden := edge.Fault{Name: "drop-forwarded-proto", Host: "authentik"}
	discovery := []string{begins, "discovery.issuer", "discovery.document", "discovery.keys"}
	wellKnown := func(name, release string, before func(*Visit) error) Mistake {
		m := live(name, "proxy.forwarded-proto", Live{Before: before, Exit: 1, Fails: discovery, Says: "it says its issuer is `http://"}).onWire(hidden).
			inSettings(map[string]any{"issuerUrl": issuerURL + ".well-known/openid-configuration"})
		m.Immich = release
		return m
	}
	return []Mistake{
		live("live-forwarded-proto-dropped", "proxy.forwarded-proto", Live{Before: knowingIssuer, Exit: 1, Fails: discovery, Says: "X-Forwarded-Proto: https"}).onWire(hidden),
		blind(live("live-forwarded-proto-dropped-issuer-unknown", "immich.issuer-refused", Live{Exit: 1, Fails: []string{begins}, Says: "fix ask again with `--issuer URL`, as the provider's page in authentik shows it"})).onWire(hidden),
		wellKnown("live-forwarded-proto-dropped-well-known", "v2.7.5", nil),
		// Immich from v3.0.0 on begins no login then, and hides why: only who names the issuer learns of the document.
		wellKnown("live-forwarded-proto-dropped-reason-hidden", "v3.1.0", knowingIssuer),
		live("live-host-dropped", "proxy.host", Live{Before: knowingIssuer, Exit: 1, Fails: discovery, Says: "let the proxy keep the Host header"}).
			onWire(edge.Fault{Name: "drop-host", Host: "authentik", Path: "/application/o/"}),
		live("live-immich-away", "proxy.gateway", Live{Exit: 4, Fails: []string{"live.api-open"}, Says: "Immich does not answer"}).
			onWire(edge.Fault{Name: "gateway-error", Host: "immich"}),
		live("live-authentik-away", "proxy.gateway", Live{Exit: 4, Fails: []string{loginCheck, linkCheck, appCheck}, Says: "authentik does not answer"}).
			onWire(edge.Fault{Name: "gateway-error", Host: "authentik", Path: "/application/o/authorize/"}),
		live("live-login-page-away", "proxy.gateway", Live{Exit: 4, Fails: []string{"live.login-page"}, Says: "authentik does not answer"}).
			onWire(edge.Fault{Name: "gateway-error", Host: "authentik", Path: "/if/flow/"}),
		blind(live("live-all-of-authentik-away", "immich.issuer-unreadable", Live{Exit: 1, Fails: []string{begins}, Says: "ask again with `--issuer URL`"})).
			onWire(edge.Fault{Name: "gateway-error", Host: "authentik"}),
		live("live-all-of-authentik-away-known", "proxy.gateway", Live{Before: knowingIssuer, Exit: 1, Fails: append(discovery, "live.clock"), Says: "authentik does not answer"}).
			onWire(edge.Fault{Name: "gateway-error", Host: "authentik"}),
	}
}

func behind(f front.Front) func(*Visit) error {
	return func(v *Visit) error { return v.Put(f) }
}

func liveCertificates() []Mistake {
	flawed := func(name, cause string, exit int, says string, before func(*Visit) error) Mistake {
		return live(name, cause, Live{Before: before, Exit: exit, Fails: []string{secure}, Says: says})
	}
	return []Mistake{
		flawed("certificate-expired", "proxy.certificate-expired", 1, "renew the certificate of immich.company", behind(front.Front{Expired: true})),
		flawed("certificate-of-another-name", "proxy.certificate-name", 1, "presents a certificate for nas.example.org, a.example.org, b.example.org and 2 more.", behind(front.Front{OtherName: true})),
		flawed("certificate-of-an-unknown-ca", "proxy.certificate-untrusted", 4, "--ca-file", func(v *Visit) error {
			other, err := v.start(front.Front{})
			if err == nil {
				v.lead(other)
			}
			return err
		}),
		live("second-name-not-in-certificate", "proxy.certificate-name", Live{
			Before: func(v *Visit) error {
				v.Doctor.Origins, v.At["photos.lan:443"] = []string{"https://photos.lan"}, v.At[immichHost+":443"]
				return nil
			},
			Exit: 1, Fails: []string{"live.origin[name=photos.lan]"}, Says: "let the proxy present a certificate for photos.lan",
		}),
	}
}

func liveFront() []Mistake {
	asks := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://authentik.company/outpost.goauthentik.io/start?rd=hush", http.StatusFound)
	}
	return []Mistake{
		live("live-forward-auth", "proxy.forward-auth", Live{
			Before: behind(front.Front{Bend: front.Answers(immichHost, asks)}),
			Exit:   1, Fails: []string{"live.api-open"}, Says: "by https://authentik.company/outpost.goauthentik.io/start. An outpost",
		}),
		live("live-cookies-dropped", "proxy.cookies", Live{
			Before: behind(front.Front{Bend: front.WithoutCookies(immichHost)}), Exit: 1, Fails: []string{begins}, Says: "let the proxy hand on every Set-Cookie header as it is",
		}),
		live("http-only", "proxy.http-only", Live{
			Before: behind(front.Front{NoTLS: true, Open: true}), Exit: 1, Fails: []string{secure}, Says: "answers over http and not over https",
		}),
		live("http-as-well", "proxy.http-open", Live{
			Before: func(v *Visit) error {
				open, err := v.start(front.Front{Open: true})
				if err == nil {
					v.At[immichHost+":80"] = open.Plain
				}
				return err
			},
			Fails: []string{"live.https[host=immich]"}, Says: "redirect http to https",
		}),
		live("clock-of-the-front-late", "proxy.clock", Live{
			Before: behind(front.Front{Bend: front.Dated(immichHost, -5*time.Minute)}), Exit: 1, Fails: []string{"live.clock"}, Says: "5m0s behind this machine's",
		}),
		live("upgrade-dropped", "proxy.websockets", Live{
			Before: behind(front.Front{Bend: front.WithoutUpgrade(immichHost)}), Fails: []string{"live.websocket"}, Says: "hand on the headers Upgrade and Connection",
		}),
	}
}

func liveAddresses() []Mistake {
	teapot := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
	return []Mistake{
		live("another-server-at-the-second-address", "proxy.addresses-differ", Live{
			Before: func(v *Visit) error {
				first := v.At[immichHost+":443"]
				other, err := v.start(front.Front{Bend: front.Answers(immichHost, teapot)})
				if err == nil {
					v.trusted = append(v.trusted, other.PEM...)
					v.At[immichHost+":443"] = first + "," + other.Secure
				}
				return err
			},
			Fails: []string{"live.addresses[host=immich]"}, Says: "every address of immich.company lead to the same proxy",
		}),
		live("nobody-at-authentik", "proxy.unreachable", Live{
			Before: func(v *Visit) error {
				at, err := front.Nobody()
				v.At[authentikHost+":443"], v.At[authentikHost+":80"] = at, at
				return err
			},
			Exit: 4, Fails: []string{"live.tls[host=authentik]"}, Says: "nothing answers at https://authentik.company",
		}),
		live("authentik-without-a-name", "proxy.name-unknown", Live{
			Before: func(v *Visit) error {
				delete(v.At, authentikHost+":443")
				delete(v.At, authentikHost+":80")
				v.Doctor.Lookup = unknown
				return nil
			},
			Exit: 4, Fails: []string{"live.dns[host=authentik]"}, Says: "authentik.company leads nowhere from here",
		}),
		live("second-name-not-registered", "authentik.redirect-uri-missing", Live{
			Before: behind(front.Front{Alias: map[string]string{"photos.lan": immichHost}}),
			Exit:   1, Fails: []string{"live.redirect[uri=login-photos.lan]", "live.redirect[uri=link-photos.lan]"}, Says: "add the redirect URI `https://photos.lan/auth/login`",
		}),
	}
}
