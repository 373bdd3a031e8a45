package run

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// factsLimit bounds a dozen calls on a busy machine.
const factsLimit = 30 * time.Second

// diagnose writes down why checks did not pass. What of the pair cannot be read supports no cause; it is no error.
func (j *judge) diagnose(ctx context.Context, results []check.Result) error {
	e := &diagnose.Evidence{}
	for _, r := range results {
		if f, failed := j.failed[r.Name()]; failed {
			e.Failed = append(e.Failed, f)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), factsLimit)
	defer cancel()
	e.Facts = j.pair.facts(ctx, j.cell)
	e.Join(j.lines(ctx, firstStart(e.Failed)))
	causes, err := diagnose.Diagnose(e)
	for i := range causes {
		for _, text := range causes[i].Texts() {
			*text = j.redactor.Text(*text)
		}
	}
	return errors.Join(err, unwritten(j.dir, j.writer.Update(func(rep *report.Report) {
		rep.Causes = causes
		for i := range rep.Checks {
			rep.Checks[i].Messages = e.WithHandshakes(&rep.Checks[i])
		}
	})))
}

// facts are what the pair says of itself now. It is asked side by side: one after the other, its answers took longer than
// 2 % of a run in which much fails early.
func (c *configured) facts(ctx context.Context, cell suites.Cell) diagnose.Facts {
	w := c.world
	f := diagnose.Facts{
		Authentik: cell.Authentik, Immich: cell.Immich, AuthentikURL: w.AuthentikURL, ImmichURL: w.ImmichURL, Guide: cell.Guide,
	}
	var asked sync.WaitGroup // each fills fields of its own
	asked.Go(func() { c.readProvider(ctx, &f) })
	asked.Go(func() { f.People, _ = w.Authentik.People(ctx) })
	asked.Go(func() { f.Accounts = c.accounts(ctx) })
	asked.Go(func() { f.Differing = c.differing(ctx, cell) })
	asked.Go(func() {
		c.readOAuth(ctx, &f)
		f.Discovery = c.discover(ctx, f.OAuth.Issuer)
	})
	asked.Go(func() { c.readImmich(ctx, &f) })
	asked.Go(func() {
		if a, err := c.ask(ctx, w.AuthentikURL+"/-/health/live/"); err == nil {
			f.AuthentikClock = a.ahead()
		}
	})
	asked.Go(func() { f.Handshakes, _ = w.Edge.FailedHandshakes(ctx) })
	asked.Wait()
	return f
}

// readProvider reads authentik's side; what could not be read is missing, and supports nothing.
func (c *configured) readProvider(ctx context.Context, f *diagnose.Facts) {
	d, _ := c.world.Authentik.Describe(ctx, c.shared.OP.ProviderPK)
	if d.Name == "" {
		return
	}
	f.Slugs = d.Slugs
	f.Provider = diagnose.Provider{
		Name: d.Name, Slug: c.shared.OP.Slug, ClientID: d.ClientID, Issuer: c.shared.OP.Issuer, SigningKey: d.SigningKey,
		Encrypted: d.Encrypted, GrantTypes: d.GrantTypes, Global: d.Global, SubjectMode: d.SubjectMode, Scopes: d.Scopes, OwnScopes: d.OwnScopes,
		RedirectURIs: entries(d.RedirectURIs, f.Guide), LogoutURIs: logoutURIs(d.RedirectURIs), CodeLives: d.CodeLives,
		LogoutURI: d.LogoutURI, FrontChannel: d.FrontChannel,
	}
}

// accounts are Immich's.
func (c *configured) accounts(ctx context.Context) []diagnose.Account {
	users, _ := c.world.ImmichAdmin.Users(ctx)
	var all []diagnose.Account
	for _, u := range users {
		all = append(all, diagnose.Account{Email: u.Email, Subject: u.OAuthID})
	}
	return all
}

// readImmich asks Immich what it tells anybody.
func (c *configured) readImmich(ctx context.Context, f *diagnose.Facts) {
	ping := "/api/server/ping"
	if !f.Immich.Has(version.ServerPaths) {
		ping = "/api/server-info/ping"
	}
	if a, err := c.ask(ctx, f.ImmichURL+ping); err == nil {
		f.Ping = diagnose.Ping{Status: a.status, ContentType: a.header.Get("Content-Type"), Location: a.header.Get("Location")}
		f.ImmichClock = a.ahead()
	}
}

// differing are the fields that read back otherwise than documented.
func (c *configured) differing(ctx context.Context, cell suites.Cell) []string {
	ofAuthentik, _ := c.world.Authentik.ReadBack(ctx, cell.Guide, cell.Authentik, c.shared.OP)
	ofImmich, _ := c.world.ImmichAdmin.ReadBack(ctx, cell.Guide, cell.Immich, c.shared.RP)
	var fields []string
	for _, d := range guide.Differing(append(ofAuthentik, ofImmich...)) {
		fields = append(fields, d.Field)
	}
	return fields
}

// entries are the registered redirect URIs, each with its line of the guide.
func entries(uris []guide.RedirectURI, page *guide.Settings) []diagnose.Entry {
	var all []diagnose.Entry
	for _, u := range uris {
		if u.Purpose == guide.Logout {
			continue
		}
		e := diagnose.Entry{URL: u.URL, Mode: u.Matching}
		if i := slices.IndexFunc(page.RedirectURIs, func(d guide.RedirectURI) bool { return d.URL == u.URL }); i >= 0 {
			e.Line = page.RedirectURIs[i].Line
		}
		all = append(all, e)
	}
	return all
}

// logoutURIs are the redirect URIs that are no way back from a login.
func logoutURIs(uris []guide.RedirectURI) []string {
	var all []string
	for _, u := range uris {
		if u.Purpose == guide.Logout {
			all = append(all, u.URL)
		}
	}
	return all
}

func (c *configured) readOAuth(ctx context.Context, f *diagnose.Facts) {
	stored, err := c.world.ImmichAdmin.SystemConfig(ctx)
	if err != nil {
		f.OAuth = diagnose.OAuth{Enabled: true, AutoRegister: true, SameSecret: true} // nothing is known against them
		return
	}
	oauth := stored.OAuth()
	text := func(key string) string { value, _ := oauth[key].(string); return value }
	on := func(key string) bool { value, _ := oauth[key].(bool); return value }
	f.OAuth = diagnose.OAuth{
		Enabled: on("enabled"), AutoRegister: on("autoRegister"), Issuer: text("issuerUrl"), ClientID: text("clientId"),
		SameSecret: text("clientSecret") == c.shared.OP.ClientSecret, Scope: text("scope"),
		Insecure:  on("allowInsecureRequests"),
		Algorithm: text("signingAlgorithm"), ProfileAlgorithm: text("profileSigningAlgorithm"),
	}
	if quota, limited := oauth["defaultStorageQuota"].(json.Number); limited && quota.String() == "0" {
		f.OAuth.NoSpace = f.Immich.Has(version.NullQuota) // 0 was no limit before
	}
	if on("mobileOverrideEnabled") {
		f.OAuth.Override = text("mobileRedirectUri")
	}
}

// discover asks where Immich asks, without following a redirect: Immich follows none either.
func (c *configured) discover(ctx context.Context, issuer string) diagnose.Discovery {
	d := diagnose.Discovery{URL: diagnose.DiscoveryURL(issuer)}
	a, err := c.ask(ctx, d.URL)
	if err != nil {
		d.Problem = err.Error()
		return d
	}
	d.Status, d.Location = a.status, a.header.Get("Location")
	var document struct {
		Issuer     string   `json:"issuer"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := json.Unmarshal(a.body, &document); err != nil {
		d.Problem = "the answer is not a discovery document"
		return d
	}
	d.Issuer, d.Algorithms = document.Issuer, document.Algorithms
	return d
}

// bodyLimit is for a discovery document, in bytes.
const bodyLimit = 1 << 20

// reply is what anybody gets.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask is one request as anybody makes it, redirects left alone.
func (c *configured) ask(ctx context.Context, address string) (*reply, error) {
	client := *c.world.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errors.New("the address is not a URL")
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, bodyLimit))
	return &reply{res.StatusCode, res.Header, body}, err
}

// ahead is how far the clock that dated an answer is ahead of this machine's; to the second.
func (r *reply) ahead() time.Duration {
	at, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return 0
	}
	return at.Sub(time.Now().Truncate(time.Second))
}
