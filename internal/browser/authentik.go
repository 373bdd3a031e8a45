package browser

import (
	"context"
	"fmt"
	"slices"
)

// executor is the element that holds authentik's stages. Outside of it stand decoys for password managers.
const executor = "ak-flow-executor"

// The controls of authentik's flow pages, 2024.8 to 2026.5 (stages in open shadow roots, later in light DOM).
var (
	authentikUser     = Control{Name: "authentik's user name field", CSS: "input[name=uidField]", Inside: executor}
	authentikPassword = Control{Name: "authentik's password field", CSS: "input[name=password]", Inside: executor}
	authentikConsent  = Control{Name: "authentik's consent page", CSS: "form", Inside: "ak-stage-consent"}
	authentikSubmit   = Control{Name: "authentik's continue button", CSS: "button[type=submit]", Inside: executor}
	authentikDenied   = Control{Name: "authentik's refusal", CSS: "ak-stage-access-denied, ak-stage-flow-error", Inside: executor}
	authentikMistake  = Control{Name: "authentik's field error", CSS: ".pf-c-form__helper-text.pf-m-error, [role=alert].pf-m-error", Inside: executor}
	authentikError    = Control{Name: "authentik's error page", CSS: "#ak-back-home"}
	authentikScope    = Control{Name: "a permission", CSS: "li[data-permission-code]", Inside: executor, Hidden: true}

	// AuthentikErrorPage is what authentik shows instead of a redirect when it refuses a request.
	AuthentikErrorPage = authentikError
	// AuthentikConsentPage is where a person lets Immich have the scopes.
	AuthentikConsentPage = authentikConsent
	// AuthentikLoginPage is where a person gives the user name.
	AuthentikLoginPage = authentikUser
	// AuthentikSessionEnd is the page after Immich's logout: signed out of Immich, still signed in at authentik.
	AuthentikSessionEnd = Control{Name: "authentik's page after a logout", CSS: "a#logout"}
)

// AuthentikTile is the link of an application in the library: of a tile, or part of one before 2025.10.
func AuthentikTile(application string) Control {
	return Control{Name: "the tile of " + application + " in authentik's application library", CSS: "a[href]", Text: application, Inside: "ak-library-impl"}
}

// Prompts is what authentik asked a person for.
type Prompts struct {
	Login       bool
	Consent     bool
	Permissions []string // codes of the scopes on the consent page; openid is not shown
}

// RefusedError says that authentik did not let the person on.
type RefusedError struct{ Page, Text string }

func (e *RefusedError) Error() string { return fmt.Sprintf("authentik shows %q (%s)", e.Text, e.Page) }

// Refusals are the pages on which authentik does not let a person on.
func Refusals() []Control { return []Control{authentikDenied, authentikMistake, authentikError} }

// SignIn answers what authentik asks, in the order in which it asks, until the tab moves to where away accepts.
// picture is called when a page is filled in and about to be sent.
func (s *Session) SignIn(ctx context.Context, mark int, user, password string, away func(Move) bool, picture func(string)) (*Prompts, *Move, error) {
	s.Hide(password)
	prompts := &Prompts{}
	open := []Control{authentikUser, authentikPassword, authentikConsent}
	for {
		i, move, err := s.SeeOrArrive(ctx, mark, away, append(slices.Clone(open), Refusals()...)...)
		switch {
		case err != nil:
			return prompts, nil, err
		case move != nil:
			return prompts, move, nil
		case i >= len(open):
			return prompts, nil, s.Refusal(ctx, i-len(open))
		}
		stage := open[i]
		if err := s.answer(ctx, stage, user, password, prompts, picture); err != nil {
			return prompts, nil, err
		}
		open = slices.DeleteFunc(open, func(c Control) bool { return c.Name == stage.Name })
	}
}

func (s *Session) answer(ctx context.Context, stage Control, user, password string, prompts *Prompts, picture func(string)) error {
	var err error
	switch stage.Name {
	case authentikUser.Name:
		prompts.Login = true
		err = s.Fill(ctx, stage, user)
	case authentikPassword.Name:
		prompts.Login = true
		err = s.Fill(ctx, stage, password)
	case authentikConsent.Name:
		prompts.Consent = true
		picture("consent")
		prompts.Permissions, err = s.ReadAll(ctx, authentikScope, "data-permission-code")
	}
	if err != nil {
		return err
	}
	return s.Click(ctx, authentikSubmit)
}

// Refusal is the RefusedError of the one of Refusals that the page shows.
func (s *Session) Refusal(ctx context.Context, i int) error {
	c := Refusals()[i]
	if c.Name == authentikError.Name {
		c.CSS = "h1"
	}
	text, err := s.Read(ctx, c)
	if err != nil {
		return err
	}
	return &RefusedError{Page: c.Name, Text: text}
}
