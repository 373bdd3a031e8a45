package suites

import (
	"context"
	"fmt"
	"maps"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Person is somebody at authentik with an account in Immich, and the session that they have open there.
type Person struct {
	authentik.User
	Session *immich.Session
	Account immich.User
}

// Lasting is the state of a pair that only time makes: accounts, sessions and consent from before an upgrade.
type Lasting struct {
	Web    *Person // whose account came into being with a login from the web
	App    *Person // whose account came into being with a login from the app
	Phone  version.App
	Linked *Person // with a local account that was linked by hand
	Local  *Person // with a local account, not linked
	Stay   *journey.Stay
	// Consenter gave authentik a consent that it should remember, and does nothing else: whoever comes back by another
	// check gives it anew. Nil where none was asked for.
	Consenter *authentik.User
	// Missing says which part could not be made and why, by the ID of the check that it is made for.
	Missing map[string]string
}

// The checks of an upgrade that need something from before.
const (
	upgradeSessionWeb       = "upgrade.session.web"
	upgradeSessionApp       = "upgrade.session.app"
	upgradeSessionAuthentik = "upgrade.session.authentik"
	upgradeLoginWeb         = "upgrade.login.web"
	upgradeLoginApp         = "upgrade.login.app"
	upgradeConsent          = "upgrade.consent"
	UpgradeLink             = "upgrade.link"
	upgradeUnlink           = "upgrade.unlink"
)

// CannotLink reports whether a product refused to link an account.
func (l *Lasting) CannotLink() bool {
	_, refused := l.Missing[upgradeUnlink]
	return refused
}

// MakeLasting makes that state on a configured pair, over HTTP. What a product refuses to make is missing, with its
// answer: no check is then planned for it. Any other error ends it.
func MakeLasting(ctx context.Context, w *journey.World, c Cell) (*Lasting, error) {
	l := &Lasting{Phone: c.Immich.Apps[len(c.Immich.Apps)-1], Missing: map[string]string{}}
	parts := []struct {
		make func(context.Context, *journey.World) error
		ids  []string
	}{
		{l.makeWeb, []string{upgradeSessionWeb, upgradeLoginWeb}},
		{l.makeApp, []string{upgradeLoginApp, upgradeSessionApp}},
		{l.makeLinked, []string{upgradeUnlink}},
		{l.makeLocal, []string{UpgradeLink}},
		{l.makeStay, []string{upgradeSessionAuthentik}},
		{l.makeConsent, []string{upgradeConsent}},
	}
	for _, part := range parts {
		err := part.make(ctx, w)
		if err != nil && !answered(err) {
			return nil, fmt.Errorf("make state for the upgrade to keep: %w", err)
		}
		if err != nil {
			for _, id := range part.ids {
				l.Missing[id] = "it did not work before the upgrade: " + err.Error()
			}
		}
	}
	return l, nil
}

func (l *Lasting) makeWeb(ctx context.Context, w *journey.World) error {
	user, err := w.NewUser(ctx)
	if err != nil {
		return err
	}
	login, err := w.WebLoginHTTP(ctx, user)
	if err != nil {
		return err
	}
	l.Web, err = person(ctx, w, user, login.Session)
	return err
}

// makeApp logs in as the app does. Where the app's own road is closed its session comes from a password, which the app
// takes as well.
func (l *Lasting) makeApp(ctx context.Context, w *journey.World) error {
	user, err := w.NewUser(ctx)
	if err != nil {
		return err
	}
	app := w.NewApp(l.Phone)
	login, err := app.Login(ctx, nil, user)
	if err == nil {
		_, err = app.Receive(ctx, login.Answer.URL)
	}
	if err == nil {
		l.App, err = person(ctx, w, user, app.Session())
		return err
	}
	if !answered(err) {
		return err
	}
	l.Missing[upgradeLoginApp] = "it did not work before the upgrade: " + err.Error()
	session, err := w.NewLocalUser(ctx, otherEmail(user.Email))
	if err != nil {
		return err
	}
	session.Style = immich.SessionStyle(l.Phone.Session)
	l.App, err = person(ctx, w, user, session)
	return err
}

// local is a person at authentik, and the session of a local account in Immich that is not theirs yet.
func local(ctx context.Context, w *journey.World) (authentik.User, *immich.Session, error) {
	user, err := w.NewUser(ctx)
	if err != nil {
		return user, nil, err
	}
	session, err := w.NewLocalUser(ctx, otherEmail(user.Email))
	return user, session, err
}

func (l *Lasting) makeLinked(ctx context.Context, w *journey.World) error {
	user, session, err := local(ctx, w)
	if err != nil {
		return err
	}
	if _, err := w.LinkHTTP(ctx, session, user); err != nil {
		return err
	}
	l.Linked, err = person(ctx, w, user, session)
	return err
}

func (l *Lasting) makeLocal(ctx context.Context, w *journey.World) error {
	user, session, err := local(ctx, w)
	if err != nil {
		return err
	}
	l.Local, err = person(ctx, w, user, session)
	return err
}

func (l *Lasting) makeStay(ctx context.Context, w *journey.World) error {
	user, err := w.NewUser(ctx)
	if err != nil {
		return err
	}
	l.Stay, _, err = w.SignIn(ctx, user)
	return err
}

func (l *Lasting) makeConsent(ctx context.Context, w *journey.World) error {
	user, err := w.NewUser(ctx)
	if err != nil {
		return err
	}
	_, prompts, err := w.SignIn(ctx, user)
	switch {
	case err != nil:
		return err
	case prompts.Consent:
		l.Consenter = &user
	default:
		l.Missing[upgradeConsent] = "no consent was asked for before the upgrade"
	}
	return nil
}

func person(ctx context.Context, w *journey.World, user authentik.User, session *immich.Session) (*Person, error) {
	me, err := w.Immich.As(session).Me(ctx)
	if err != nil {
		return nil, err
	}
	return &Person{User: user, Session: session, Account: *me}, nil
}

// Stored is what both products have stored at one moment.
type Stored struct {
	Provider, Application map[string]any // at authentik
	OAuth                 map[string]any // at Immich
	Accounts              []immich.User
}

// ReadStored reads what an upgrade must not lose. The secrets in it leave this package by no way.
func ReadStored(ctx context.Context, w *journey.World, op *authentik.Applied) (*Stored, error) {
	provider, err := w.Authentik.Provider(ctx, op.ProviderPK)
	if err != nil {
		return nil, fmt.Errorf("read the stored settings: %w", err)
	}
	application, err := w.Authentik.Application(ctx, op.Slug)
	if err != nil {
		return nil, fmt.Errorf("read the stored settings: %w", err)
	}
	config, err := w.ImmichAdmin.SystemConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the stored settings: %w", err)
	}
	accounts, err := w.ImmichAdmin.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the stored accounts: %w", err)
	}
	return &Stored{Provider: provider, Application: application, OAuth: maps.Clone(config.OAuth()), Accounts: accounts}, nil
}
