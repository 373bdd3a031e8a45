package diagnose

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// Own are the exchanges of one check: those made for it, and those of Immich's back end that carry its codes or its
// access tokens, in the order in which they ended. What nobody can tell whose it is, as a discovery request, is nobody's.
func Own(check string, all []edge.Exchange) []edge.Exchange {
	secrets := map[string]bool{}
	var own []edge.Exchange
	for _, x := range all {
		switch {
		case x.Check == check:
			if code := codeOf(&x); code != "" {
				secrets[code] = true
			}
		case x.Leg != edge.FromImmich, !secrets[keyOf(&x)]:
			continue
		}
		if token := accessToken(&x); token != "" {
			secrets[token] = true
		}
		own = append(own, x)
	}
	return own
}

// codeOf is the code with which an exchange sends a browser back, or that a browser hands to Immich.
func codeOf(x *edge.Exchange) string {
	var body struct {
		To  string `json:"to"`
		URL string `json:"url"`
	}
	for _, data := range [][]byte{x.ResponseBody, x.RequestBody} {
		if bytes.Contains(data, []byte("code=")) {
			_ = json.Unmarshal(data, &body) // what is not JSON holds no address
		}
	}
	for _, address := range []string{x.ResponseHeader.Get("Location"), body.To, body.URL} {
		if _, query, found := strings.Cut(address, "?"); found {
			if values, err := url.ParseQuery(query); err == nil && values.Get("code") != "" {
				return values.Get("code")
			}
		}
	}
	return ""
}

// keyOf is what tells whose a request of Immich's back end is: its code, or its access token.
func keyOf(x *edge.Exchange) string {
	if token, found := strings.CutPrefix(x.RequestHeader.Get("Authorization"), "Bearer "); found {
		return token
	}
	return form(x).Get("code")
}

func accessToken(x *edge.Exchange) string {
	if !at(x, tokenPath) {
		return ""
	}
	var tokens struct {
		Access string `json:"access_token"`
	}
	_ = json.Unmarshal(x.ResponseBody, &tokens) // a refusal has none
	return tokens.Access
}

func form(x *edge.Exchange) url.Values {
	values, _ := url.ParseQuery(string(x.RequestBody)) // as far as it can be read
	return values
}

// The paths of a login.
const (
	startPath     = "/api/oauth/authorize"
	callbackPath  = "/api/oauth/callback"
	linkPath      = "/api/oauth/link"
	authorizePath = "/application/o/authorize/"
	tokenPath     = "/application/o/token/"
	userinfoPath  = "/application/o/userinfo/"
	executorPath  = "/api/v3/flows/executor/"
)

func path(x *edge.Exchange) string {
	u, err := url.Parse(x.URL)
	if err != nil {
		return ""
	}
	return u.Path
}

func at(x *edge.Exchange, paths ...string) bool { return slices.Contains(paths, path(x)) }

// refused reports whether an exchange ended in a refusal, or in nothing.
func refused(x *edge.Exchange) bool { return x.Status == 0 || x.Status >= http.StatusBadRequest }
