package mistake

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
)

// liveElsewhere are fronts that lead elsewhere than people mean, as Traefik, Caddy and HAProxy were seen to.
func liveElsewhere() []Mistake {
	noMatch := func(http.ResponseWriter, *http.Request) {} // 200 and nothing, as Caddy answers
	astray := []string{loginCheck, linkCheck, appCheck, "discovery.issuer", "discovery.document", "discovery.keys"}
	return []Mistake{
		live("front-with-traefiks-own-certificate", "proxy.certificate-name", Live{
			Before: behind(front.Front{Stopgap: true}), Exit: 1, Fails: []string{secure}, Says: "let Traefik present a certificate for immich.company: by `tls.certResolver`",
		}),
		live("front-with-a-certificate-for-nobody", "proxy.certificate-name", Live{
			Before: behind(front.Front{NoName: true}), Exit: 1, Fails: []string{secure}, Says: "presents a certificate for no host at all.",
		}),
		live("front-without-a-certificate", "proxy.certificate-missing", Live{
			Before: behind(front.Front{Bare: true}), Exit: 1, Fails: []string{secure}, Says: "ends TLS before it presents a certificate",
		}),
		live("https-away", "proxy.unreachable", Live{
			Before: behind(front.Front{NoTLS: true}), Exit: 4, Fails: []string{secure}, Says: "nothing answers at https://immich.company",
		}),
		live("immich-redirects-to-itself", "proxy.redirect-loop", Live{
			Before: behind(front.Front{Bend: front.Answers(immichHost, front.ToHTTPS)}), Exit: 1, Fails: []string{"live.api-open"}, Says: "immich.company redirects to itself",
		}),
		live("authentik-redirects-to-itself", "proxy.redirect-loop", Live{
			Before: knowing(front.Answers(authentikHost, front.ToHTTPS)), Exit: 1, Fails: astray, Says: "authentik.company redirects to itself",
		}),
		live("another-server-at-authentik", "proxy.other-server", Live{
			Before: knowing(front.Answers(authentikHost, http.NotFound)), Exit: 1, Fails: astray, Says: "as Traefik does where no router matches",
		}),
		live("nothing-at-authentik", "proxy.other-server", Live{
			Before: knowing(front.Answers(authentikHost, noMatch)), Exit: 1, Fails: astray, Says: "Something else answers at https://authentik.company in authentik's place",
		}),
		live("discovery-behind-a-login-known", "proxy.discovery-blocked", Live{
			Before: knowingIssuer, Exit: 1, Fails: []string{begins, "discovery.issuer", "discovery.document", "discovery.keys"}, Says: "exempt /application/o/ from forward-auth",
		}).onWire(edge.Fault{Name: "forward-auth", Host: "authentik", Path: "/application/o/"}),
		blind(live("live-address-internal", "immich.address-internal", Live{
			Before: func(v *Visit) error {
				v.Doctor.Lookup = unknown
				return v.Put(front.Front{Bend: begun(sends("http://server:9000"))})
			},
			Exit: 1, Fails: []string{"live.dns[host=authentik]", begins}, Says: "That is an address for machines of one network, not for people.",
		})),
		live("live-address-internal-known", "immich.address-internal", Live{
			Before: knowing(begun(sends("https://10.0.0.7:9443"))), Exit: 1, Fails: []string{begins}, Says: "enter `" + issuerURL + "` as the issuer URL",
		}),
		onlyOn("v3.1.0", blind(live("live-endpoint-by-http", "proxy.endpoint-insecure", Live{
			Before: behind(front.Front{Bend: begun(wordless)}), Exit: 1, Fails: []string{begins}, Says: "an authorization endpoint without https",
		}))),
		onlyOn("v3.1.0", live("live-endpoint-by-http-known", "proxy.endpoint-insecure", Live{
			Before: knowing(begun(wordless)), Exit: 1, Fails: []string{begins}, Says: "lead Immich's server to authentik through the proxy that people use",
		})),
	}
}

func onlyOn(release string, m Mistake) Mistake {
	m.Immich = release
	return m
}

// knowing is a front for a person who names authentik's issuer.
func knowing(bend func(http.Handler) http.Handler) func(*Visit) error {
	return func(v *Visit) error {
		v.Doctor.Issuer = issuerURL
		return v.Put(front.Front{Bend: bend})
	}
}

// begun answers in place of Immich who begins a login there.
func begun(answer http.HandlerFunc) func(http.Handler) http.Handler {
	return front.OnHost(immichHost, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/oauth/authorize") {
			w.Header().Set("Content-Type", "application/json")
			answer(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sends is an Immich that got its endpoint from an authentik that knows itself by that address.
func sends(origin string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ RedirectURI string }
		_ = json.NewDecoder(r.Body).Decode(&asked) // of the doctor
		for _, cookie := range []string{immich.StateCookie, immich.VerifierCookie} {
			http.SetCookie(w, &http.Cookie{Name: cookie, Value: "x", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]string{"url": origin + "/application/o/authorize/?response_type=code&client_id=x&scope=openid+email&code_challenge_method=S256&redirect_uri=" + asked.RedirectURI})
	}
}

// wordless is Immich v3.1.0 as it was seen where the discovery document names an endpoint by http.
func wordless(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write([]byte(`{"message":"Failed to start oauth","error":"Internal Server Error","statusCode":500}`)) // to the doctor
}
