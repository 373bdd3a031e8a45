package diagnose_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// loginWithoutEmail is what the edge records of a login by browser that Immich refuses for want of an e-mail, and of what
// else goes on meanwhile.
func loginWithoutEmail(i int, of check.Result) []edge.Exchange {
	var all []edge.Exchange
	secret := func(kind string) string { return fmt.Sprintf("%s-%04d-%s", kind, i, strings.Repeat("aB3", 12)) }
	add := func(leg edge.Leg, method, url string, status int, request, response string) {
		x := edge.Exchange{
			ID: int64(len(all)), Started: of.Started, Leg: leg, Method: method, URL: url, Status: status,
			RequestHeader: headers(i, len(all)), ResponseHeader: headers(i, len(all)), RequestBody: []byte(request), ResponseBody: []byte(response),
		}
		if leg != edge.FromImmich {
			x.Check, x.Session = of.Name(), "1"
		}
		all = append(all, x)
	}
	flow := "https://a/api/v3/flows/executor/default-authentication-flow/?query=" + strings.Repeat("next%3D", 60)
	challenge := `{"component":"ak-stage-password","flow_info":{"title":"` + strings.Repeat("Welcome ", 100) + `"}}`
	for range 9 {
		add(edge.FromBrowser, http.MethodGet, "https://i/api/server/config", 200, "", `{"oauthButtonText":"`+strings.Repeat("Login ", 60)+`"}`)
	}
	add(edge.FromBrowser, http.MethodPost, "https://i/api/oauth/authorize", 201, `{"redirectUri":"https://i/auth/login"}`, `{"url":"https://a/application/o/authorize/?state=`+secret("state")+`"}`)
	add(edge.FromBrowser, http.MethodGet, "https://a/application/o/authorize/?client_id=immich&scope=openid+profile&state="+secret("state"), 302, "", "")
	add(edge.FromBrowser, http.MethodPost, flow, 302, fmt.Sprintf(`{"uid_field":"user-%06d"}`, i), "")
	for range 14 {
		add(edge.FromBrowser, http.MethodGet, flow, 200, "", challenge)
	}
	add(edge.FromBrowser, http.MethodGet, flow, 200, "", `{"component":"xak-flow-redirect","to":"https://i/auth/login?code=`+secret("code")+`&state=x"}`)
	for range scripts {
		all = append(all, edge.Exchange{ID: int64(len(all)), Started: of.Started, Leg: edge.FromBrowser, Check: of.Name(), Method: http.MethodGet, URL: "https://i/_app/immutable/chunks/CwUpLv1L.js", Status: 200})
	}
	for range othersScripts {
		all = append(all, edge.Exchange{ID: int64(len(all)), Started: of.Started, Leg: edge.FromBrowser, Check: "link.web", Method: http.MethodGet, URL: "https://i/_app/immutable/chunks/CwUpLv1L.js", Status: 200})
	}
	claims := fmt.Sprintf(`{"sub":"subject-%06d","preferred_username":"user-%06d"}`, i, i)
	token := "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + strings.Repeat("c2ln", 85)
	add(edge.FromImmich, http.MethodPost, "https://a/application/o/token/", 200, "grant_type=authorization_code&code="+secret("code"),
		`{"access_token":"`+secret("access")+`","id_token":"`+token+`"}`)
	add(edge.FromBrowser, http.MethodPost, "https://i/api/oauth/callback", 400, `{"url":"https://i/auth/login?code=`+secret("code")+`"}`,
		fmt.Sprintf(`{"message":"OAuth profile does not have an email address","correlationId":"corr%04d"}`, i))
	return all
}

// headers are as many as a browser and the products send, each with an ID of a request.
func headers(login, n int) http.Header {
	return http.Header{
		"User-Agent": {strings.Repeat("Mozilla/5.0 (X11; Linux x86_64) ", 4)}, "Accept": {"application/json, text/plain, */*"},
		"Cookie":                  {fmt.Sprintf("authentik_session=%s%04d%04d", strings.Repeat("xY7", 90), login, n)},
		"Content-Type":            {"application/json; charset=utf-8"},
		"Content-Security-Policy": {strings.Repeat("default-src 'self'; ", 15)},
		"X-Authentik-Id":          {fmt.Sprintf("request-%04d-%04d", login, n)},
	}
}

// authentikLog has the size of lines that authentik writes of requests, every eighth a warning.
func authentikLog() []byte {
	var log strings.Builder
	for i := range authentikLines {
		level, event := "info", "/api/v3/flows/executor/default-provider-authorization-explicit-consent/?query=state%3D"+strings.Repeat("abc%252F", 40)
		if i%8 == 0 {
			level, event = "warning", "The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri)."
		}
		fmt.Fprintf(&log, `{"auth_via":"session","domain_url":"a","event":%q,"host":"a","level":%q,"logger":"authentik.asgi","request_id":"request-of-nobody-%06d","timestamp":%q,"user":""}`+"\n",
			event, level, i, when(i, authentikLines).Format("2006-01-02T15:04:05.000000"))
	}
	return []byte(log.String())
}

// immichLog has an error of each login, and the stack below it.
func immichLog() []byte {
	var log strings.Builder
	for i := range immichLines {
		line := "\x1b[90m    at OAuthController.finishOAuth (file:///usr/src/app/server/dist/controllers/oauth.controller.js:47:22)\x1b[39m"
		if login := i * failing / immichLines; i == 0 || login != (i-1)*failing/immichLines {
			line = fmt.Sprintf("\x1b[31m[Nest] 7  - \x1b[39m%s \x1b[31m  ERROR\x1b[39m [Api:AuthService~corr%04d] OAuth profile of user-%06d does not have an email address",
				at(login*checkSeconds+1).Format("01/02/2006, 3:04:05 PM"), login, login)
		}
		log.WriteString(line + "\n")
	}
	return []byte(log.String())
}
