package diagnose

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// Place is where on its way a login was stopped.
type Place string

// The places, in the order of a login.
const (
	AtStart    Place = "start"    // Immich does not begin one
	AtRequest  Place = "request"  // authentik does not take the authorization request
	AtFlow     Place = "flow"     // authentik does not let the person on
	AtAnswer   Place = "answer"   // authentik sends the browser back with an error
	AtToken    Place = "token"    // authentik does not redeem the code
	AtUserinfo Place = "userinfo" // authentik does not tell who the person is
	AtCallback Place = "callback" // Immich does not take the answer
)

// Stop is one refusal on the way of a login.
type Stop struct {
	Place       Place
	Status      int    // 0: no answer came
	Message     string // the product's own words, or why no answer came
	Code        string // of an OAuth error
	RedirectURI string // that was asked for, at AtRequest
	ClientID    string
	Component   string    // of the challenge, at AtFlow
	App         bool      // the mobile app asked
	From, To    time.Time // of the exchange, by the clock of who recorded it
}

// Token is what Immich got for a code.
type Token struct {
	Algorithm  string // alg of the ID token's header
	Encryption string // enc of a JWE's
	Claims     map[string]any
}

// stopOf is the refusal in an exchange; nil: it is none, or none of a login's.
func stopOf(x *edge.Exchange) *Stop {
	switch {
	case at(x, startPath) && refused(x):
		return &Stop{Place: AtStart, Status: x.Status, Message: words(x)}
	case at(x, authorizePath):
		return requestStop(x)
	case strings.HasPrefix(path(x), executorPath):
		return flowStop(x)
	case at(x, tokenPath) && refused(x):
		return &Stop{Place: AtToken, Status: x.Status, Message: words(x), Code: oauthError(x)}
	case at(x, userinfoPath) && refused(x):
		return &Stop{Place: AtUserinfo, Status: x.Status, Message: words(x), Code: oauthError(x)}
	case at(x, callbackPath, linkPath) && refused(x):
		return &Stop{Place: AtCallback, Status: x.Status, Message: words(x), App: sender(x) == check.App}
	}
	return nil
}

// sessionless reports whether Immich took a login and sent no cookie of a session.
func sessionless(x *edge.Exchange) bool {
	return at(x, callbackPath) && x.Status >= http.StatusOK && x.Status < http.StatusMultipleChoices &&
		!slices.ContainsFunc(x.ResponseHeader.Values("Set-Cookie"), func(c string) bool { return strings.HasPrefix(c, "immich_access_token=") })
}

func requestStop(x *edge.Exchange) *Stop {
	u, err := url.Parse(x.URL)
	if err != nil {
		return nil
	}
	asked := u.Query()
	s := &Stop{Status: x.Status, RedirectURI: asked.Get("redirect_uri"), ClientID: asked.Get("client_id")}
	if to, err := url.Parse(x.ResponseHeader.Get("Location")); err == nil && to.Query().Get("error") != "" {
		s.Place, s.Code, s.Message = AtAnswer, to.Query().Get("error"), cmp.Or(to.Query().Get("error_description"), to.Query().Get("error"))
		return s
	}
	if denied := bytes.Contains(x.ResponseBody, []byte("Request has been denied")); denied { // a page of status 200
		s.Component = accessDenied
	} else if !refused(x) {
		return nil
	}
	s.Place, s.Message = AtRequest, words(x)
	return s
}

// dead are the components of challenges that nobody can answer.
var dead = map[string]bool{accessDenied: true, flowError: true}

// accessDenied is what authentik shows to who may not use an application.
const accessDenied = "ak-stage-access-denied"

func flowStop(x *edge.Exchange) *Stop {
	var challenge struct {
		Component string `json:"component"`
		Message   string `json:"error_message"`
		To        string `json:"to"`
		Errors    map[string][]struct {
			Text string `json:"string"`
		} `json:"response_errors"`
	}
	_ = json.Unmarshal(x.ResponseBody, &challenge) // what is not JSON is judged by its status
	s := &Stop{Place: AtFlow, Status: x.Status, Component: challenge.Component, Message: challenge.Message}
	for _, texts := range challenge.Errors {
		for _, one := range texts {
			s.Message = one.Text
		}
	}
	if to, err := url.Parse(challenge.To); err == nil && to.Query().Get("error") != "" {
		s.Place, s.Code, s.Message = AtAnswer, to.Query().Get("error"), to.Query().Get("error_description")
		return s
	}
	switch {
	case len(challenge.Errors) > 0, dead[challenge.Component]:
		return s
	case refused(x):
		s.Message = words(x)
		return s
	}
	return nil
}

var (
	markup = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
	// said is where a refusal has its words: Immich's, OAuth's.
	said = []string{"message", "error_description", "error", "detail"}
)

// wordsLimit is for a sentence, in bytes.
const wordsLimit = 300

// words are the product's own in a refusal.
func words(x *edge.Exchange) string {
	if x.Status == 0 {
		return cmp.Or(x.Error, "no answer came")
	}
	var fields map[string]any
	if json.Unmarshal(x.ResponseBody, &fields) == nil {
		for _, name := range said {
			if text, ok := fields[name].(string); ok && text != "" {
				return text
			}
		}
	}
	text := strings.Join(strings.Fields(markup.ReplaceAllString(string(x.ResponseBody), " ")), " ")
	if len(text) > wordsLimit {
		text = text[:wordsLimit]
	}
	return cmp.Or(text, http.StatusText(x.Status))
}

func oauthError(x *edge.Exchange) string {
	var fields struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(x.ResponseBody, &fields) // a gateway's page has none
	return fields.Error
}
