package authentik_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

const (
	username     = "ada"
	password     = "correct horse battery"
	authorizeURL = origin + "/application/o/authorize/?client_id=immich&redirect_uri=https%3A%2F%2Fimmich.company%2Fauth%2Flogin&state=st%20ate&scope=openid+email"
	landingURL   = "https://immich.company/auth/login?code=0123456789abcdef&state=st+ate"
	loginSlug    = "default-authentication-flow"
	consentSlug  = "default-provider-authorization-explicit-consent"
)

// executor is a scripted authentik as a browser sees it: one session, two flows.
type executor struct {
	t *testing.T

	landing  string // where the login ends
	direct   bool   // authorize sends to the flow's page at once (2025.12)
	silent   bool   // implicit consent: authorize answers with the landing
	combined bool   // the identification asks for the password as well
	denied   bool
	broken   string // component that the consent flow shows instead
	remember bool   // consent is remembered

	stage   string // pending of the login flow
	session bool
	seen    []string
	queries map[string]string // of each flow's executor
}

func (e *executor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.seen = append(e.seen, r.Method+" "+r.URL.Path)
	assert.Empty(e.t, r.Header.Get(authentik.HarnessHeader), "a visitor plays a browser")
	assert.Equal(e.t, "en", r.Header.Get("Accept-Language"))
	switch path := r.URL.Path; {
	case path == "/application/o/authorize/":
		e.authorize(w, r)
	case path == "/flows/-/default/authentication/":
		redirect(w, "/if/flow/"+loginSlug+"/?"+r.URL.RawQuery)
	case strings.HasPrefix(path, "/api/v3/flows/executor/"):
		slug := strings.Trim(strings.TrimPrefix(path, "/api/v3/flows/executor/"), "/")
		if before, ok := e.queries[slug]; ok {
			assert.Equal(e.t, before, r.URL.RawQuery, "the query stays the same, byte for byte")
		}
		e.queries[slug] = r.URL.RawQuery
		if slug == loginSlug {
			e.login(w, r)
		} else {
			e.consent(w, r)
		}
	default:
		http.NotFound(w, r)
	}
}

func (e *executor) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.RawQuery
	uri := r.URL.Query().Get("redirect_uri")
	switch {
	case strings.Contains(uri, "immichXcompany"):
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `<title>authentik</title><h1 class="pf-c-title pf-m-3xl">
			Redirect URI Error
		</h1><form><p>The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).</p>`)
	case strings.HasPrefix(uri, "app.error:"): // an OAuth error for a custom scheme
		w.WriteHeader(http.StatusBadRequest)
	case uri == "starting":
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"error":"authentik starting"}`)
	case !e.session && e.direct:
		redirect(w, "/if/flow/"+loginSlug+"/?"+query+"&next="+url.QueryEscape(r.URL.RequestURI()))
	case !e.session:
		redirect(w, "/flows/-/default/authentication/?next="+url.QueryEscape(r.URL.RequestURI()))
	case e.denied:
		fmt.Fprint(w, `<h1 class="pf-c-title">Permission denied</h1><form><p><i></i>Request has been denied.</p>`)
	case e.silent:
		redirect(w, e.landing)
	default:
		redirect(w, "/if/flow/"+consentSlug+"/?"+query)
	}
}

// login shows identification and password; a stage that is done redirects to the executor itself.
func (e *executor) login(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		answer := read(r)
		assert.Equal(e.t, e.stage, answer["component"])
		switch {
		case e.stage == "ak-stage-identification" && e.combined:
			assert.Equal(e.t, password, answer["password"])
			e.stage, e.session = "user-login", true
		case e.stage == "ak-stage-identification":
			assert.Equal(e.t, username, answer["uid_field"])
			e.stage = "ak-stage-password"
		case answer["password"] != password:
			e.show(w, object{"component": e.stage, "response_errors": object{"password": []object{{"string": "Invalid password", "code": "invalid"}}}})
			return
		default:
			e.stage, e.session = "user-login", true
			http.SetCookie(w, &http.Cookie{Name: "authentik_csrf", Value: "csrf-of-the-session", Path: "/"})
		}
		redirect(w, r.URL.RequestURI())
		return
	}
	if e.stage == "user-login" { // a stage that asks nothing
		e.stage = "done"
		redirect(w, r.URL.RequestURI())
		return
	}
	if e.stage == "done" {
		page, err := url.ParseQuery(r.URL.Query().Get("query"))
		assert.NoError(e.t, err)
		e.show(w, object{"component": "xak-flow-redirect", "to": page.Get("next")})
		return
	}
	e.show(w, object{"component": e.stage, "password_fields": e.combined})
}

// consent wants the challenge's token and, as the session is logged in, the page's own CSRF token.
func (e *executor) consent(w http.ResponseWriter, r *http.Request) {
	switch {
	case e.broken != "":
		e.show(w, object{"component": e.broken, "error_message": "Request has been denied.", "request_id": "r1"})
	case r.Method == http.MethodPost && r.Header.Get("X-Authentik-Csrf") != "csrf-of-the-session":
		e.show(w, object{"component": "ak-stage-flow-error", "request_id": "csrf"})
	case r.Method == http.MethodPost:
		assert.Equal(e.t, origin, r.Header.Get("Origin"))
		assert.Equal(e.t, "one-time", read(r)["token"])
		e.remember = true
		redirect(w, r.URL.RequestURI())
	case e.remember:
		e.show(w, object{"component": "xak-flow-redirect", "to": e.landing})
	default:
		e.show(w, object{
			"component": "ak-stage-consent", "token": "one-time", "header_text": "You're about to sign into Immich.",
			"permissions":            []object{{"id": "openid", "name": ""}, {"id": "email", "name": "Email address"}},
			"additional_permissions": []object{{"id": "profile", "name": "General Profile Information"}},
		})
	}
}

func (e *executor) show(w http.ResponseWriter, challenge object) {
	_ = json.NewEncoder(w).Encode(challenge)
}

func redirect(w http.ResponseWriter, to string) {
	w.Header()["Location"] = []string{to} // as it stands
	w.WriteHeader(http.StatusFound)
}

func visit(t *testing.T, e *executor, to, secret string) (*authentik.Landing, error) {
	t.Helper()
	e.t, e.queries, e.stage = t, map[string]string{}, "ak-stage-identification"
	if e.landing == "" {
		e.landing = landingURL
	}
	return authentik.NewVisitor(origin, clientOf(e)).Authorize(t.Context(), to, username, secret)
}

func TestVisitorLandsWhereAPersonWould(t *testing.T) {
	t.Parallel()
	asked := []string{"email", "profile"}
	tests := []struct {
		name     string
		executor *executor
		want     authentik.Landing
	}{
		{"explicit consent", &executor{}, authentik.Landing{URL: landingURL, Via: "executor", LoginAsked: true, ConsentAsked: true, Permissions: asked, Flow: consentSlug, Requests: 12}},
		{"direct login", &executor{direct: true}, authentik.Landing{URL: landingURL, Via: "executor", LoginAsked: true, ConsentAsked: true, Permissions: asked, Flow: consentSlug, Requests: 11}},
		{"remembered consent", &executor{remember: true}, authentik.Landing{URL: landingURL, Via: "executor", LoginAsked: true, Flow: consentSlug, Requests: 10}},
		{"implicit consent", &executor{silent: true}, authentik.Landing{URL: landingURL, Via: "location", LoginAsked: true, Requests: 9}},
		{"password on the first page", &executor{combined: true, silent: true}, authentik.Landing{URL: landingURL, Via: "location", LoginAsked: true, Requests: 7}},
		{"session", &executor{session: true, silent: true}, authentik.Landing{URL: landingURL, Via: "location", Requests: 1}},
		{"app by script", &executor{landing: "app.immich:/oauth-callback?code=x&state="}, authentik.Landing{URL: "app.immich:/oauth-callback?code=x&state=", Via: "executor", LoginAsked: true, ConsentAsked: true, Permissions: asked, Flow: consentSlug, Requests: 12}},
		{"app by redirect", &executor{silent: true, landing: "app.immich:///oauth-callback?code=%7e"}, authentik.Landing{URL: "app.immich:///oauth-callback?code=%7e", Via: "location", LoginAsked: true, Requests: 9}},
		{"near miss of authentik's own name", &executor{silent: true, landing: "https://authentik.company.example/x"}, authentik.Landing{URL: "https://authentik.company.example/x", Via: "location", LoginAsked: true, Requests: 9}},
		{"plain http", &executor{silent: true, landing: "http://authentik.company/x"}, authentik.Landing{URL: "http://authentik.company/x", Via: "location", LoginAsked: true, Requests: 9}},
		{"scheme-relative", &executor{silent: true, landing: "//evil.example/x"}, authentik.Landing{URL: "//evil.example/x", Via: "location", LoginAsked: true, Requests: 9}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			landing, err := visit(t, test.executor, authorizeURL, password)
			require.NoError(t, err, test.executor.seen)
			assert.Equal(t, &test.want, landing)
			assert.Len(t, test.executor.seen, test.want.Requests)
		})
	}
}

func TestVisitorTellsARefusalFromAFlowThatFails(t *testing.T) {
	t.Parallel()
	refused := func(status int, title, description string) error {
		return &authentik.RefusedError{Status: status, Title: title, Description: description}
	}
	flow := func(component, words string) error { return &authentik.FlowError{Component: component, Message: words} }
	to := func(uri string) string {
		return origin + "/application/o/authorize/?redirect_uri=" + url.QueryEscape(uri)
	}
	tests := []struct {
		name, url, password string
		executor            *executor
		want                error
	}{
		{"redirect URI", to("https://immichXcompany/auth/login"), password, &executor{}, refused(400, "Redirect URI Error", "The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).")},
		{"OAuth error for an app", to("app.error:/"), password, &executor{}, refused(400, "Bad Request", "")},
		{"password", authorizeURL, "wrong one", &executor{}, flow("ak-stage-password", "Invalid password")},
		{"policy, by page", authorizeURL, password, &executor{denied: true}, flow(authentik.ComponentAccessDenied, "Permission denied: Request has been denied.")},
		{"policy, by challenge", authorizeURL, password, &executor{broken: "ak-stage-access-denied"}, flow(authentik.ComponentAccessDenied, "Request has been denied.")},
		{"unknown challenge", authorizeURL, password, &executor{broken: "ak-stage-captcha"}, &authentik.FlowError{Component: "ak-stage-captcha", Message: "Request has been denied.", Asks: true}},
		{"circle", authorizeURL, password, &executor{session: true, silent: true, landing: "/application/o/authorize/?again"}, flow("redirect", "no end after 20 hops")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			landing, err := visit(t, test.executor, test.url, test.password)
			assert.Nil(t, landing)
			var (
				refusedAs *authentik.RefusedError
				flowAs    *authentik.FlowError
			)
			if errors.As(test.want, &refusedAs) {
				var got *authentik.RefusedError
				require.ErrorAs(t, err, &got)
				assert.Equal(t, refusedAs, got)
			}
			if errors.As(test.want, &flowAs) {
				var got *authentik.FlowError
				require.ErrorAs(t, err, &got)
				assert.Equal(t, flowAs, got)
			}
			assert.NotContains(t, err.Error(), test.password)
		})
	}
}

func TestVisitorTakesAStartingAuthentikForWhatItIs(t *testing.T) {
	t.Parallel()
	_, err := visit(t, &executor{}, origin+"/application/o/authorize/?redirect_uri=starting&code_challenge=c", password)
	var refused *authentik.APIError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 503, refused.Status)
	assert.Equal(t, "authentik starting", refused.Message)
	assert.Equal(t, "/application/o/authorize/", refused.Path)
}

func TestVisitorStaysOnAuthentik(t *testing.T) {
	t.Parallel()
	_, err := visit(t, &executor{}, "https://elsewhere.example/application/o/authorize/?x=1", password)
	require.ErrorContains(t, err, "not on https://authentik.company")
}

func TestVisitorsShareNothing(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	shared := clientOf(&executor{t: t, silent: true, landing: landingURL, queries: map[string]string{}, stage: "ak-stage-identification"})
	shared.Jar = jar
	_, err = authentik.NewVisitor(origin, shared).Authorize(t.Context(), authorizeURL, username, password)
	require.NoError(t, err)
	own, err := url.Parse(origin)
	require.NoError(t, err)
	assert.Empty(t, jar.Cookies(own), "a visitor has a jar of its own")
	assert.Nil(t, shared.CheckRedirect)
}
