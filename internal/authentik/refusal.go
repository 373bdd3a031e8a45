package authentik

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// RefusedError is authentik's error page in place of a redirect, as for a redirect URI that is not registered.
type RefusedError struct {
	Status      int
	Title       string // "Redirect URI Error", "Client ID Error"
	Description string
}

func (e *RefusedError) Error() string {
	text := fmt.Sprintf("authentik refuses with %d %s", e.Status, e.Title)
	if e.Description != "" {
		text += ": " + e.Description
	}
	return text
}

// FlowError is a flow, or a page of authentik, that does not lead back to the client.
type FlowError struct {
	Component string // of the challenge at which it ended; ComponentAccessDenied also for the page that says so
	Message   string // authentik's own words
	// Asks is set where authentik waits for what the visitor does not answer: a second factor, a captcha, consent withheld.
	Asks bool
}

func (e *FlowError) Error() string {
	return fmt.Sprintf("authentik's flow ended at %s: %s", e.Component, e.Message)
}

// refused reads an error page. Where there is no page, as with an OAuth error for a custom scheme, the status speaks.
func refused(answer *rest.Response, page rest.Page) *RefusedError {
	if page.Title == "" {
		page.Title = http.StatusText(answer.Status)
	}
	return &RefusedError{Status: answer.Status, Title: page.Title, Description: rest.Shorten(page.Description)}
}

// pageError is for a page where a redirect was due. A denied request is told with status 200.
func pageError(page rest.Page) *FlowError {
	component := "page"
	if strings.HasPrefix(page.Title, "Permission denied") || strings.HasPrefix(page.Title, "Access denied") {
		component = ComponentAccessDenied
	}
	return &FlowError{Component: component, Message: rest.Shorten(page.String())}
}

// ends are the components that ask nothing: it is over.
var ends = []string{ComponentAccessDenied, "ak-stage-flow-error"}

// Obstacle reads an answer of the executor to a browser: the *FlowError with which a Visitor would stop at that challenge, nil
// where it would go on. consent says that consent is given, and sent that the password was.
func Obstacle(answer []byte, consent, sent bool) error {
	var asked challenge
	if json.Unmarshal(answer, &asked) != nil || asked.Component == "" || asked.Component == componentRedirect {
		return nil
	}
	w := &walk{visitor: &Visitor{withhold: !consent}, sent: sent, landing: &Landing{}}
	_, err := w.answer(&asked)
	return err
}

func flowError(asked *challenge) *FlowError {
	words := asked.ErrorMessage
	if words == "" {
		words = asked.Error
	}
	switch {
	case words != "":
	case asked.RequestID != "":
		words = "an error inside authentik, logged there as request " + asked.RequestID
	case asked.Component == ComponentAccessDenied:
		words = "access denied"
	default:
		words = "a visitor without a browser cannot answer this"
	}
	return &FlowError{Component: asked.Component, Message: rest.Shorten(words), Asks: !slices.Contains(ends, asked.Component)}
}
