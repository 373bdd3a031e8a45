package run

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/live"
	pairfile "github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/suites"
)

// readGuide reads the guide that a person names, before anything is asked.
func (d *doctor) readGuide(ctx context.Context) error {
	if d.o.Guide == "" {
		return nil
	}
	if !d.o.Live.given() {
		return usage("--guide %s: settings are compared with it, and no credential lets them be read; give --authentik-token-file and --immich-api-key-file, or leave it out", d.o.Guide)
	}
	var err error
	if d.page, err = guide.Load(ctx, d.o.Guide, d.o.Fetch); err != nil {
		return &UsageError{fmt.Errorf("--guide: %w", err)}
	}
	return nil
}

// compare says how the settings stand to the guide, and what will fail. Of a half that was not read nothing is said.
func (d *doctor) compare(ctx context.Context, l *suites.Live, s *suites.Settings) error {
	page, err := d.guide(ctx, l, s)
	if err != nil {
		return err
	}
	p, hidden := s.Pair, slices.ContainsFunc(s.Closed, func(c pairfile.Closed) bool { return c.Half == "immich" })
	if hidden {
		p = withRequest(p, l.Logins)
	}
	if s.Differences, err = p.Against(page, l.Release); err != nil {
		return err
	}
	s.Concerns = slices.DeleteFunc(p.Concerns(l.AuthentikRelease, l.Release), func(c pairfile.Concern) bool {
		return hidden && strings.HasPrefix(c.Path, "immich.")
	})
	l.Settings = s
	return nil
}

// guide is the one that was named, else that of authentik's release, else the newest.
func (d *doctor) guide(ctx context.Context, l *suites.Live, s *suites.Settings) (*guide.Settings, error) {
	s.Guide = cmp.Or(d.o.Guide, l.AuthentikRelease.Guide)
	if d.page != nil {
		return d.page, nil
	}
	if s.Guide == "" {
		revisions, err := guide.Revisions()
		if err != nil {
			return nil, err
		}
		s.Guide = revisions[len(revisions)-1].Revision
	}
	return guide.Load(ctx, s.Guide, d.o.Fetch)
}

// withRequest is a pair whose Immich was not read, with what of its settings the authorization requests tell: authentik's half
// is judged by them.
func withRequest(p *pairfile.Pair, logins []live.Login) *pairfile.Pair {
	oauth := map[string]any{}
	for _, login := range logins {
		if login.Request == nil {
			continue
		}
		oauth["scope"] = login.Request.Query().Get("scope")
		if login.Overridden() {
			oauth["mobileOverrideEnabled"], oauth["mobileRedirectUri"] = true, login.Asked()
		}
	}
	told := *p
	told.Immich = &pairfile.Immich{Config: map[string]any{"oauth": oauth}}
	return &told
}
