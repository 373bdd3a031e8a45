package authentik

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// Components of the challenges that a visitor can answer or has to recognise.
const (
	componentIdentification = "ak-stage-identification"
	componentCaptcha        = "ak-stage-captcha"
	componentPassword       = "ak-stage-password"
	componentUserLogin      = "ak-stage-user-login"
	// ComponentConsent is that of a FlowError where consent is withheld.
	ComponentConsent  = "ak-stage-consent"
	componentRedirect = "xak-flow-redirect"
	// ComponentAccessDenied is the component of a FlowError where a policy denies access.
	ComponentAccessDenied = "ak-stage-access-denied"
)

// challenge is what a flow asks, with the fields of all components that matter here.
type challenge struct {
	Component      string       `json:"component"`
	To             string       `json:"to"`              // of a redirect
	Token          string       `json:"token"`           // of a consent, once per challenge
	PasswordFields bool         `json:"password_fields"` // of an identification that asks for the password as well
	CaptchaStage   *challenge   `json:"captcha_stage"`   // that an identification shows as well
	UserFields     *[]string    `json:"user_fields"`     // that a name may be of; an empty list: only other sources let people in
	Permissions    []permission `json:"permissions"`
	Additional     []permission `json:"additional_permissions"`
	ErrorMessage   string       `json:"error_message"`
	Error          string       `json:"error"`
	RequestID      string       `json:"request_id"`
	Errors         map[string][]struct {
		Text string `json:"string"`
	} `json:"response_errors"`
}

type permission struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// run walks through one flow and says where it leads.
func (w *walk) run(ctx context.Context, slug, query string) (string, error) {
	executor := rest.Request{
		Method: http.MethodGet,
		Path:   "/api/v3/flows/executor/" + slug + "/",
		// The executor takes the page's query as one parameter, the same bytes each time.
		RawQuery: "query=" + url.QueryEscape(query),
	}
	var answer any
	for range maxHops {
		asked, to, err := w.exchange(ctx, executor, answer)
		if err != nil {
			return "", err
		}
		if asked != nil && asked.Component == componentRedirect {
			to = asked.To
		}
		if to != "" {
			w.landing.Via, w.landing.Flow = ViaExecutor, slug
			return to, nil
		}
		if answer, err = w.answer(asked); err != nil {
			return "", err
		}
	}
	return "", &FlowError{Component: "flow " + slug, Message: fmt.Sprintf("no end after %d challenges", maxHops)}
}

// exchange answers a challenge, or asks for the pending one where there is no answer, and returns the next challenge,
// or a URL where the executor redirects to another place.
func (w *walk) exchange(ctx context.Context, executor rest.Request, answer any) (*challenge, string, error) {
	request := executor
	if answer != nil {
		request.Method, request.Body, request.Header = http.MethodPost, answer, w.visitor.ownForm()
	}
	for range maxHops {
		response, err := w.send(ctx, request)
		if err != nil {
			return nil, "", err
		}
		to := response.Header.Get("Location")
		switch {
		case isRedirect(response.Status) && sameExecutor(to, executor.Path):
			// A stage that is done redirects to the executor itself.
			request = executor
			continue
		case isRedirect(response.Status) && to != "":
			return nil, to, nil
		case response.Status != http.StatusOK:
			return nil, "", w.visitor.api.Refusal(request, response)
		}
		var asked challenge
		if err := json.Unmarshal(response.Body, &asked); err != nil {
			return nil, "", fmt.Errorf("%s %s: the challenge is not the expected JSON: %w", request.Method, request.Path, err)
		}
		return &asked, "", nil
	}
	return nil, "", &FlowError{Component: "redirect", Message: "the executor redirects to itself without end"}
}

func sameExecutor(to, path string) bool {
	toPath, _ := split(to)
	return toPath == path
}

// answer is what the visitor says to a challenge; a *FlowError where there is nothing to say.
func (w *walk) answer(asked *challenge) (any, error) {
	if complaint := complaints(asked); complaint != "" {
		return nil, &FlowError{Component: asked.Component, Message: complaint}
	}
	answer := map[string]any{"component": asked.Component}
	if w.sent && asked.Component == componentPassword {
		return nil, &FlowError{Component: asked.Component, Message: "authentik asks for the password once more"}
	}
	switch asked.Component {
	case componentIdentification:
		switch {
		case asked.UserFields != nil && len(*asked.UserFields) == 0:
			return nil, flowError(asked)
		case asked.CaptchaStage != nil:
			return nil, flowError(&challenge{Component: componentCaptcha})
		}
		w.landing.LoginAsked = true
		answer["uid_field"] = w.username
		if asked.PasswordFields {
			answer["password"], w.sent = w.password, true
		}
	case componentPassword:
		w.landing.LoginAsked = true
		answer["password"], w.sent = w.password, true
	case componentUserLogin:
		answer["remember_me"] = false
	case ComponentConsent:
		w.landing.ConsentAsked = true
		w.landing.Permissions = shown(asked)
		if w.visitor.withhold {
			return nil, &FlowError{Component: asked.Component, Message: strings.Join(w.landing.Permissions, ", "), Asks: true}
		}
		answer["token"] = asked.Token
	default:
		return nil, flowError(asked)
	}
	return answer, nil
}

// complaints are the errors with which a flow shows a challenge again.
func complaints(asked *challenge) string {
	var all []string
	for _, field := range sortedKeys(asked.Errors) {
		for _, e := range asked.Errors[field] {
			all = append(all, e.Text)
		}
	}
	return strings.Join(all, "; ")
}

func shown(asked *challenge) []string {
	var codes []string
	for _, p := range append(asked.Permissions, asked.Additional...) {
		if p.Name != "" {
			codes = append(codes, p.ID)
		}
	}
	return codes
}
