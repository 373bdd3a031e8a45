package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// defaultReadyLimit is for a cold start on a busy two-core machine: six minutes were seen (authentik 2026.2).
const defaultReadyLimit = 15 * time.Minute

// products are the clients of a ready pair.
type products struct {
	authentikURL, immichURL string
	authentik               *authentik.Client
	immich, immichAdmin     *immich.Client
	admin                   *immich.Session // of the administrator
	observed                map[version.Product]string
	suffix                  []string // notes on versions that carry a suffix
}

// awaitProducts waits until every object that the settings refer to exists, and reads the versions that run.
func (o Options) awaitProducts(ctx context.Context, s stack.Stack, c suites.Cell, progress func(stack.Progress, time.Duration)) (*products, error) {
	immichHost, authentikHost := c.Guide.Hosts()
	secrets := s.Secrets()
	p := &products{
		authentikURL: authentikScheme(c.Guide) + authentikHost, immichURL: "https://" + immichHost, observed: map[version.Product]string{},
	}
	p.authentik = authentik.New(p.authentikURL, secrets.AuthentikToken, s.HTTPClient())
	p.immich = immich.New(p.immichURL, s.HTTPClient()).For(c.Immich)

	ctx, cancel := context.WithTimeout(ctx, cmp.Or(o.ReadyLimit, defaultReadyLimit))
	defer cancel()
	start := time.Now()
	say := func(product string) func(string) {
		return func(what string) { progress(stack.Progress{Subject: product, Text: what}, time.Since(start)) }
	}
	up, lost := whileUp(ctx, s)
	group, both := errgroup.WithContext(up)
	var missing [2]error
	group.Go(func() error { missing[0] = p.awaitAuthentik(both, c, say("authentik")); return missing[0] })
	group.Go(func() error { missing[1] = p.awaitImmich(both, secrets, o.admin, say("Immich")); return missing[1] })
	err := group.Wait()
	switch gone := lost(); {
	case err == nil:
		s.Ready()
		return p, p.sameReleases(ctx, c)
	case gone != nil:
		err = gone // the container that ended says more than who waited for it
	case ctx.Err() != nil:
		err = errors.Join(missing[:]...) // neither was ready
	}
	return nil, stack.Unavailable(err)
}

// whileUp is a context that ends when a part of the stack ends by itself. lost stops watching and says which part did.
func whileUp(ctx context.Context, s stack.Stack) (up context.Context, lost func() error) {
	up, end := context.WithCancelCause(ctx)
	watched, stop := context.WithCancel(ctx)
	gone := make(chan error, 1)
	go func() {
		err := s.Watch(watched)
		if err != nil {
			end(errors.New(stack.Brief(stack.Reason(err)))) // each check that is under way repeats it
		}
		gone <- err
	}()
	return up, func() error {
		stop()
		defer end(nil)
		return <-gone
	}
}

func (p *products) awaitAuthentik(ctx context.Context, c suites.Cell, say func(string)) error {
	if err := p.authentik.WaitReady(ctx, c.Authentik, authentik.ObjectsOf(c.Guide, c.Authentik), say); err != nil {
		return err
	}
	// Else each login waits for a picture from the internet.
	return p.authentik.SetAvatarsLocal(ctx)
}

// awaitImmich waits, and signs the administrator in. open is a session of theirs from before an upgrade, which is used where it
// is good: password login may be off by now.
func (p *products) awaitImmich(ctx context.Context, secrets stack.Secrets, open *immich.Session, say func(string)) error {
	if err := p.immich.WaitReady(ctx, say); err != nil {
		return err
	}
	if open != nil {
		if _, err := p.immich.As(open).Me(ctx); err == nil {
			p.admin, p.immichAdmin = open, p.immich.As(open)
			return nil
		}
	}
	if err := p.immich.SignUpAdmin(ctx, secrets.ImmichAdminEmail, secrets.ImmichAdminPassword, "Administrator"); err != nil {
		return err
	}
	session, err := p.immich.Login(ctx, secrets.ImmichAdminEmail, secrets.ImmichAdminPassword)
	if err != nil {
		return err
	}
	p.admin, p.immichAdmin = session, p.immich.As(session)
	return p.immichAdmin.FinishOnboarding(ctx)
}

// sameReleases reads the versions from the products: another release than the cell's is no basis for a verdict.
func (p *products) sameReleases(ctx context.Context, c suites.Cell) error {
	for _, one := range []struct {
		release *version.Release
		read    func(context.Context) (string, error)
	}{{c.Authentik, p.authentik.Version}, {c.Immich, p.immich.Version}} {
		observed, err := one.read(ctx)
		if err != nil {
			return stack.Unavailable(err)
		}
		p.observed[one.release.Product] = observed
		same, suffix := one.release.SameRelease(observed)
		if !same {
			return stack.Unavailable(fmt.Errorf("%s %s was asked for, but its image runs %s: name the version that runs, or another image with --image",
				one.release.Product, one.release.Version, observed))
		}
		if suffix != "" {
			p.suffix = append(p.suffix, fmt.Sprintf("%s reports itself as %s", one.release.Product, observed))
		}
	}
	return nil
}

// observe writes the versions that run into the list of services.
func (p *products) observe(services []stack.Service) []stack.Service {
	for i, s := range services {
		switch {
		case strings.HasPrefix(s.Name, "authentik") && !strings.Contains(s.Name, "postgres"):
			services[i].Observed = p.observed[version.Authentik]
		case s.Name == "immich":
			services[i].Observed = p.observed[version.Immich]
		}
	}
	return services
}

// noteRestarts tells which products did not come up at the first start.
func (r *road) noteRestarts(services []stack.Service) {
	for _, service := range services {
		switch n := service.Restarts; {
		case n == 1:
			r.note(service.Name + " ended once before it was ready, and was started again, as its compose file does")
		case n > 1:
			r.note(fmt.Sprintf("%s ended %d times before it was ready, and was started again, as its compose file does", service.Name, n))
		}
	}
}
