package run

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/live"
	pairfile "github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// LiveOptions are what lets the settings of a live pair be read.
type LiveOptions struct {
	AuthentikURL              string // empty: where Immich's issuer points
	KeyFile, TokenFile        string // an API key of Immich's, and a token of authentik's
	Provider                  string // name, client ID or slug; empty: the one that Immich uses
	immichKey, authentikToken string
}

// given reports whether any credential is.
func (o LiveOptions) given() bool { return o.KeyFile != "" || o.TokenFile != "" }

// check reads the files, of which an empty one is a mistake, and says where authentik is.
func (o LiveOptions) check() (LiveOptions, error) {
	var keyErr, tokenErr, addressErr error
	o.immichKey, keyErr = credential("--immich-api-key-file", o.KeyFile)
	o.authentikToken, tokenErr = credential("--authentik-token-file", o.TokenFile)
	o.AuthentikURL, addressErr = authentikAddress(o.AuthentikURL)
	return o, errors.Join(keyErr, tokenErr, addressErr, o.unused())
}

// unused refuses what only a token makes use of.
func (o LiveOptions) unused() error {
	const way = "give --authentik-token-file, which reads authentik's settings, or leave it out"
	switch {
	case o.TokenFile != "":
		return nil
	case o.Provider != "":
		return usage("--provider %s: %s", o.Provider, way)
	case o.AuthentikURL != "":
		return usage("--authentik %s: %s", o.AuthentikURL, way)
	}
	return nil
}

func credential(flag, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usage("%s: %w", flag, err)
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || strings.ContainsAny(secret, " \t\r\n") {
		return "", usage("%s %s: want a file with the credential in one line and nothing else", flag, file)
	}
	return secret, nil
}

// capture reads both halves over a client that changes nothing.
func (o LiveOptions) capture(ctx context.Context, immich, tool string, client *http.Client) (*pairfile.Pair, error) {
	p, err := pairfile.Live(ctx, pairfile.Source{
		ImmichURL: immich, AuthentikURL: o.AuthentikURL, HTTP: client, ImmichKey: o.immichKey, AuthentikToken: o.authentikToken,
		Provider: o.Provider, Tool: tool,
	})
	if err != nil && !errors.Is(err, pairfile.ErrUnreachable) {
		return nil, &UsageError{err}
	}
	return p, unreachable(proxyMistake(err), immich, o.AuthentikURL)
}

// Capture reads the configuration of a live pair as a pair file. It writes nothing there. Its errors are those of Doctor.
func Capture(ctx context.Context, o DoctorOptions) (*pairfile.Pair, error) {
	if !o.Live.given() {
		return nil, usage("%s: a live pair shows its settings to nobody without credentials; give --immich-api-key-file and --authentik-token-file", o.Immich)
	}
	d, err := o.check()
	if err != nil {
		return nil, err
	}
	defer d.console.Close()
	return d.o.Live.capture(ctx, d.question.Immich, d.o.Tool, &http.Client{Transport: d.transport})
}

// readSettings reads the pair's settings and compares them with the guide.
func (d *doctor) readSettings(ctx context.Context, l *suites.Live) error {
	if !d.o.Live.given() {
		return nil
	}
	if d.o.Live.AuthentikURL == "" && l.Seen.Authentik != nil {
		d.o.Live.AuthentikURL = l.Seen.Authentik.Origin // where the logins lead
	}
	if !l.Server.Pong {
		l.Unread = "Immich does not answer its API"
		return nil
	}
	p, closed, err := d.capture(ctx, l.Seen.Authentik)
	if err != nil {
		return err
	}
	if told := p.Captured.Authentik; told != "" {
		catalogue, err := version.Load()
		if err != nil {
			return err
		}
		l.AuthentikRelease = released(catalogue, version.Authentik, told)
	}
	return d.compare(ctx, l, &suites.Settings{Pair: p, Closed: closed})
}

// capture reads both halves, but for an authentik that was seen not to answer, as the report says.
func (d *doctor) capture(ctx context.Context, authentik *live.Site) (*pairfile.Pair, []pairfile.Closed, error) {
	o, away := d.o.Live, authentik != nil && !authentik.Answers() && d.o.Live.AuthentikURL == authentik.Origin
	if away {
		o.authentikToken = ""
	}
	p, err := o.capture(ctx, d.question.Immich, d.o.Tool, &http.Client{Transport: d.transport})
	if err != nil {
		return nil, nil, err
	}
	closed := p.Closed()
	for i := range closed {
		if closed[i].Half == "authentik" && away && d.o.Live.TokenFile != "" {
			closed[i].Why = "authentik does not answer"
		}
	}
	p, err = p.Reread("pair.yaml")
	return p, closed, err
}

// ownFacts adds what the settings say to what anybody can see.
func ownFacts(f *diagnose.Facts, s *suites.Settings) {
	if s == nil {
		return
	}
	if a := s.Pair.Authentik; a != nil {
		text := func(key string) string { value, _ := a.Provider[key].(string); return value }
		f.Provider.Name, f.Provider.ClientID = cmp.Or(text("name"), f.Provider.Name), text("client_id")
		f.Provider.SigningKey, f.Provider.Encrypted = text("signing_key"), text("encryption_key") != ""
		f.Provider.Global, f.Provider.SubjectMode = text("issuer_mode") == "global", text("sub_mode")
		if f.Provider.Slug = a.Slug(); f.Provider.Slug != "" {
			f.Provider.Issuer = live.IssuerOf(f.AuthentikURL, f.Provider.Slug)
		}
		f.Provider.RedirectURIs = nil
		for _, e := range authentik.RedirectURIs(a.Provider["redirect_uris"]) {
			f.Provider.RedirectURIs = append(f.Provider.RedirectURIs, diagnose.Entry{URL: e.URL, Mode: e.Matching})
		}
	}
	if i := s.Pair.Immich; i != nil {
		oauth, _ := i.Config["oauth"].(map[string]any)
		text := func(key string) string { value, _ := oauth[key].(string); return value }
		f.OAuth.Issuer, f.OAuth.Scope = text("issuerUrl"), cmp.Or(text("scope"), f.OAuth.Scope)
		f.OAuth.Algorithm, f.OAuth.ProfileAlgorithm = cmp.Or(text("signingAlgorithm"), f.OAuth.Algorithm), text("profileSigningAlgorithm")
		f.OAuth.Insecure = oauth["allowInsecureRequests"] == true
		if registers, known := oauth["autoRegister"].(bool); known {
			f.OAuth.AutoRegister, f.OAuth.Unread = registers, false
		}
	}
	if same, known := s.Pair.ClientSecrets(); known {
		f.OAuth.SameSecret, f.OAuth.SecretRead = same, true
	}
}

// concernCauses makes causes of what will fail by the settings, or adds the check that tells so to a cause of the same ID.
func concernCauses(causes []report.Cause, s *suites.Settings, failed []diagnose.Failed) []report.Cause {
	if s == nil {
		return causes
	}
	for _, c := range pairfile.Failing(s.Concerns) {
		half, _, _ := strings.Cut(c.Path, ".")
		name := "guide." + half
		if !slices.ContainsFunc(failed, func(f diagnose.Failed) bool { return f.Name() == name }) {
			continue
		}
		at := slices.IndexFunc(causes, func(known report.Cause) bool { return known.ID == c.ID })
		if at < 0 {
			causes = append(causes, report.Cause{
				ID: c.ID, Title: c.Text, Side: report.Side(half), Explanation: c.Text, Fix: report.Fix{Text: c.Remedy, File: c.Place}, Evidence: []string{"read at " + c.Path},
			})
			at = len(causes) - 1
		}
		if !slices.Contains(causes[at].Checks, name) {
			causes[at].Checks = append(causes[at].Checks, name)
		}
	}
	return causes
}

// bySettings reports whether a check tells of settings alone: what it found has its cause with it.
func bySettings(r check.Result) bool { return r.ID == "guide.authentik" || r.ID == "guide.immich" }
