package fakerp

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// appForm is what the override replaces since v1.132; app.immich:/ alone, the app's URI of old, is not.
var appForm = regexp.MustCompile(`app\.immich:/+oauth-callback`)

// appScheme begins what the override replaces as a whole before that.
const appScheme = "app.immich:/"

// overridden replaces the app's URI by the configured one.
func (s *Server) overridden(oauth object, uri string) string {
	replacement := oauth.text("mobileRedirectUri")
	switch {
	case !oauth.on("mobileOverrideEnabled") || replacement == "":
		return uri
	case s.has(version.OverridePrefix):
		_, query, _ := strings.Cut(uri, "?")
		if !strings.HasPrefix(uri, appScheme) {
			return uri
		}
		return strings.TrimSuffix(replacement+"?"+query, "?")
	}
	return appForm.ReplaceAllLiteralString(uri, replacement)
}

// answer is what a client brings back from the OpenID Provider.
type opAnswer struct {
	url      string
	state    string // that was expected
	verifier string
}

// readAnswer takes state and verifier from the body, else from the cookies.
func (s *Server) readAnswer(r *http.Request) (opAnswer, error) {
	body, err := readBody(r)
	if err != nil {
		return opAnswer{}, err
	}
	if err := texts(body, "url"); err != nil {
		return opAnswer{}, err
	}
	answer := opAnswer{url: body.text("url"), state: body.text("state"), verifier: body.text("codeVerifier")}
	if !s.has(version.PKCE) {
		answer.state, answer.verifier = stateOf(answer.url), ""
		return answer, nil
	}
	if _, given := body["state"]; !given {
		answer.state = cookieText(r, cookieState)
	}
	if _, given := body["codeVerifier"]; !given {
		answer.verifier = cookieText(r, cookieVerifier)
	}
	if answer.state == "" && !s.faulty(stateOptional) {
		return opAnswer{}, refuse(http.StatusBadRequest, "OAuth state is missing")
	}
	if answer.verifier == "" {
		return opAnswer{}, refuse(http.StatusBadRequest, "OAuth code verifier is missing")
	}
	if s.faulty(stateIgnored) || s.faulty(linkAnyState) && strings.HasSuffix(r.URL.Path, "/link") {
		answer.state = stateOf(answer.url)
	}
	return answer, nil
}

func cookieText(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	text, err := url.QueryUnescape(c.Value)
	if err != nil {
		return ""
	}
	return text
}

// queryOf reads the query of a URL of any scheme, textually.
func queryOf(raw string) url.Values {
	_, query, _ := strings.Cut(raw, "?")
	query, _, _ = strings.Cut(query, "#")
	values, _ := url.ParseQuery(query) // what cannot be read is not there
	return values
}

func stateOf(raw string) string { return queryOf(raw).Get("state") }
