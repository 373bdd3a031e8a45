package fakeop_test

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

// walk is what a visitor met on the way from authorize to the client.
type walk struct {
	landing    string // where the client is answered
	via        string // "location" or "executor"
	components []string
	hops       []string // locations on the way
}

func (w *walk) query(d *double) url.Values {
	_, query, _ := strings.Cut(w.landing, "?")
	values, err := url.ParseQuery(query)
	require.NoError(d, err)
	return values
}

func authorizePath(redirectURI string, changes ...string) string {
	query := url.Values{
		"client_id": {clientID}, "redirect_uri": {redirectURI}, "response_type": {"code"}, "scope": {"openid email profile"},
		"state": {"st ate"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(changes); i += 2 {
		query.Set(changes[i], changes[i+1])
	}
	return "/application/o/authorize/?" + query.Encode()
}

// login walks from authorize to the client as a browser would, answering every challenge.
func (d *double) login(path, username string) *walk {
	d.Helper()
	w := &walk{}
	for range 20 {
		a := d.get(path)
		if a.StatusCode != http.StatusFound {
			flow, ok := strings.CutPrefix(path, "/if/flow/")
			require.True(d, ok && a.StatusCode == http.StatusOK, "%s: %d %s", path, a.StatusCode, a.body)
			path, w.via = d.run(w, flow, username), "executor"
		} else {
			path, w.via = a.Header.Get("Location"), "location"
			w.hops = append(w.hops, path)
		}
		if !strings.HasPrefix(path, "/") {
			w.landing = path
			return w
		}
	}
	require.Fail(d, "the walk does not end")
	return nil
}

// run answers the challenges of one flow; flow is "<slug>/?<query>".
func (d *double) run(w *walk, flow, username string) string {
	d.Helper()
	slug, query, _ := strings.Cut(flow, "/?")
	executor := "/api/v3/flows/executor/" + slug + "/?query=" + url.QueryEscape(query)
	a := d.get(executor)
	for range 20 {
		if a.StatusCode == http.StatusFound {
			require.Equal(d, executor, a.Header.Get("Location"), "a stage that is done goes to the same URL")
			a = d.get(executor)
			continue
		}
		c := a.json(d)
		component := c["component"].(string)
		if component == "xak-flow-redirect" {
			return c["to"].(string)
		}
		w.components = append(w.components, component)
		require.Nil(d, c["response_errors"])
		body := object{"component": component}
		switch component {
		case "ak-stage-identification":
			body["uid_field"] = username
		case "ak-stage-password":
			body["password"] = "secret of " + username
		case "ak-stage-consent":
			body["token"] = c["token"]
		default:
			require.Fail(d, "unexpected challenge", "%v", c)
		}
		a = d.post(executor, body)
	}
	require.Fail(d, "the flow does not end")
	return ""
}

// redeem exchanges the code of a landing.
func (d *double) redeem(code, redirectURI string, changes ...string) (int, object) {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI},
		"client_id": {clientID}, "client_secret": {secret}, "code_verifier": {verifier},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	a := d.postForm("/application/o/token/", form)
	return a.StatusCode, a.json(d)
}
