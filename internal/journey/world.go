// Package journey does what a person does with the pair: log in, link an account, come from the mobile app, log out.
// A journey is driven by the browser where the browser's road is what is judged, and over plain HTTP where it only
// prepares.
package journey

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// World is a configured pair, as journeys see it.
type World struct {
	AuthentikURL string // https://authentik.company
	ImmichURL    string // https://immich.company
	HTTP         *http.Client
	Edge         edge.Reader
	// Bend lets the edge answer in a product's place; nil where nobody may.
	Bend func(context.Context, edge.Fault) (func(context.Context) error, error)

	Authentik   *authentik.Client // as administrator
	Immich      *immich.Client    // as nobody
	ImmichAdmin *immich.Client
	ButtonText  string // of Immich's OAuth button
	SubjectMode string // of the provider; empty: authentik's default
	// NoPassword says that Immich's login page has no form for a password.
	NoPassword bool
	// Invited says that Immich makes no accounts for newcomers, so that everybody is given one beforehand.
	Invited bool

	// Met is told of each new person before anybody logs in; nil: nobody is. It is for who makes mistakes on purpose.
	Met func(context.Context, *World, authentik.User) error

	// Browser opens a session; Trace is told of steps and pictures.
	Browser func(context.Context) (*browser.Session, error)
	Trace   Trace
}

// LoginForm is what Immich's login page shows when it is at rest.
func (w *World) LoginForm() browser.Control {
	if w.NoPassword {
		return browser.ImmichOAuthButton(w.ButtonText)
	}
	return browser.ImmichPasswordForm
}

// atAuthentik reports whether an address is on authentik's public name. The scheme may be another one: Chrome tries https
// where a pair without TLS sends it to http.
func (w *World) atAuthentik(address string) bool {
	u, err := url.Parse(address)
	own, ownErr := url.Parse(w.AuthentikURL)
	return err == nil && ownErr == nil && u.Host == own.Host
}

// Trace is who follows a journey.
type Trace interface {
	// Step does one named part and records its time and error.
	Step(name string, do func() error) error
	// Picture keeps what the session shows.
	Picture(s *browser.Session, name string)
	// Secret names a text that must not be written anywhere.
	Secret(text string)
}

// Untraced follows nothing.
type Untraced struct{}

// Step implements Trace.
func (Untraced) Step(_ string, do func() error) error { return do() }

// Picture implements Trace.
func (Untraced) Picture(*browser.Session, string) {}

// Secret implements Trace.
func (Untraced) Secret(string) {}

// The paths of Immich's redirect URIs (facts of Immich's web app, all versions).
const (
	LoginPath         = "/auth/login"
	LinkPath          = "/user-settings"
	HandoffPath       = "/api/oauth/mobile-redirect"
	authorizeEndpoint = "/api/oauth/authorize"
	callbackEndpoint  = "/api/oauth/callback"
	linkEndpoint      = "/api/oauth/link"
	logoutEndpoint    = "/api/auth/logout"
)

// NewUser creates a person at authentik whom nobody has seen before.
func (w *World) NewUser(ctx context.Context) (authentik.User, error) {
	return w.NewUserLike(ctx, authentik.User{})
}

// NewUserLike creates a person at authentik whom nobody has seen before, with the name and the e-mail of like where they
// are given; "-" is no e-mail.
func (w *World) NewUserLike(ctx context.Context, like authentik.User) (authentik.User, error) {
	var user authentik.User
	err := w.Trace.Step("create a user at authentik", func() error {
		tag, password := random(6), random(16)
		w.Trace.Secret(password)
		wanted := authentik.User{
			Username: "user-" + tag, Name: cmp.Or(like.Name, "User "+tag), Email: cmp.Or(like.Email, "user-"+tag+"@example.org"), Password: password,
		}
		if like.Email == "-" {
			wanted.Email = ""
		}
		var err error
		user, err = w.Authentik.CreateUser(ctx, wanted)
		if err == nil && user.Password == "" {
			user.Password = password
		}
		user.Subject = user.SubjectIn(w.SubjectMode)
		return err
	})
	if err == nil && w.Invited && user.Email != "" {
		err = w.invite(ctx, user)
	}
	if err == nil && w.Met != nil {
		err = w.Met(ctx, w, user)
	}
	return user, err
}

// invite gives a person an account in Immich whose password nobody knows.
func (w *World) invite(ctx context.Context, user authentik.User) error {
	return w.Trace.Step("create the person's account in Immich", func() error {
		_, err := w.ImmichAdmin.CreateUser(ctx, immich.User{Email: user.Email, Name: user.Name}, random(16))
		return err
	})
}

// NewLocalUser creates a local account in Immich and logs it in by password.
func (w *World) NewLocalUser(ctx context.Context, email string) (*immich.Session, error) {
	session, _, err := w.NewLocalAccount(ctx, immich.User{Email: email})
	return session, err
}

// NewLocalAccount does the same with what else like has, and tells the password.
func (w *World) NewLocalAccount(ctx context.Context, like immich.User) (session *immich.Session, password string, err error) {
	err = w.Trace.Step("create a local account in Immich", func() error {
		password = random(16)
		w.Trace.Secret(password)
		like.Name = "Local " + random(3)
		if _, err := w.ImmichAdmin.CreateUser(ctx, like, password); err != nil {
			return err
		}
		var err error
		session, err = w.Immich.Login(ctx, like.Email, password)
		return err
	})
	return session, password, err
}

// RedirectURI is an address of Immich's web app under its public name.
func (w *World) RedirectURI(path string) string { return w.ImmichURL + path }

// Answer is what authentik's redirect carries back.
type Answer struct {
	URL         string // exact bytes
	RedirectURI string // without the query
	Code, State string
	Error       string
	Issuer      string // RFC 9207; authentik sends none so far
}

// ParseAnswer reads the query of a redirect, whatever its scheme.
func ParseAnswer(address string) (Answer, error) {
	base, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return Answer{}, fmt.Errorf("the redirect to %s has an unreadable query: %w", base, err)
	}
	return Answer{
		URL: address, RedirectURI: base,
		Code: values.Get("code"), State: values.Get("state"), Error: values.Get("error"), Issuer: values.Get("iss"),
	}, nil
}

// AnswerError says that authentik sent the browser back with something else than a code.
type AnswerError struct {
	RedirectURI string
	Code        string // of the OAuth error (RFC 6749 §4.1.2.1); empty: there was neither a code nor an error
}

func (e *AnswerError) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("authentik's redirect to %s carries neither a code nor an error", e.RedirectURI)
	}
	return fmt.Sprintf("authentik's redirect to %s carries the error %s", e.RedirectURI, e.Code)
}

// usable is nil when the answer carries a code, and nothing speaks against it.
func (a Answer) usable() error {
	if a.Code == "" || a.Error != "" {
		return &AnswerError{RedirectURI: a.RedirectURI, Code: a.Error}
	}
	return nil
}

func random(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}
