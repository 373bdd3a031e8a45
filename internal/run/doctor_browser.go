package run

import (
	"context"
	"strings"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/suites"
)

// findChrome looks for a browser where one is wanted.
func (o *LoginOptions) findChrome() error {
	if !o.Browser {
		return nil
	}
	path, err := browser.Find()
	if err != nil {
		return usage("--browser: there is no Chromium, Chrome or headless-shell in the search path; install one, or leave --browser out to log in over HTTP")
	}
	o.chrome = path
	return nil
}

// loginWay is how the login is made: over HTTP, or in a browser that is started for it and ended by release.
func (d *doctor) loginWay(ctx context.Context, pair *suites.Live) (logIn func(context.Context, live.Person) *live.SignIn, release func(), err error) {
	d.passage = d.transport.Passage(pair.Seen.Immich.Origin, pair.Seen.Authentik.Origin)
	if d.o.Login.chrome == "" {
		return func(ctx context.Context, who live.Person) *live.SignIn {
			return d.passage.Login(ctx, pair.Release, who)
		}, func() {}, nil
	}
	if d.window, err = d.passage.Window(); err != nil {
		return nil, nil, err
	}
	b, err := browser.Start(ctx, d.window.Browser(d.o.Login.chrome))
	if err != nil {
		d.window.Close()
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		why, _, _ := strings.Cut(err.Error(), ", or use a Chrome in a container") // there is none here
		return nil, nil, usage("--browser: %s; see to that, or leave --browser out to log in over HTTP", why)
	}
	logIn = func(ctx context.Context, who live.Person) *live.SignIn {
		return d.window.Browse(ctx, b, pair.Release, who, pair.Seen.Server.Button)
	}
	return logIn, func() { b.Close(); d.window.Close() }, nil
}

// pictures are those of the login, kept with the check that judges it.
func (j *liveJudge) pictures(name string) []check.Evidence {
	var kept []check.Evidence
	if j.pair.SignIn == nil || name != suites.LiveSignInID {
		return nil
	}
	for _, picture := range j.pair.SignIn.Pictures {
		if artefact, err := j.r.store.WriteScreenshot(name, picture.Name, picture.JPEG); err == nil {
			kept = append(kept, artefact)
		}
	}
	return kept
}
