package pair_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/immich/immichtest"
	"github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/internal/version"
)

// live is a configured pair of doubles, and what lets it be read.
type live struct {
	source    pair.Source
	authentik *authentik.Client
	admin     *immich.Client
	session   *immich.Session
	op        *authentik.Applied
	secrets   []string // of both products
}

// cell is a pair of releases.
type cell struct{ authentik, immich string }

func newest() cell { return cell{"2025.8.1", "v2.7.5"} }

// photos are the settings of a revision with names of a person's own.
func photos(t *testing.T, revision string) *guide.Settings {
	t.Helper()
	s, err := guide.Builtin(revision)
	require.NoError(t, err)
	s, err = s.Replace(guide.ImmichHost, "photos.example.org")
	require.NoError(t, err)
	s, err = s.Replace(guide.AuthentikHost, "auth.example.org")
	require.NoError(t, err)
	return s
}

// run starts doubles, applies settings and makes a key that reads the configuration.
func run(t *testing.T, c cell, s *guide.Settings) *live {
	t.Helper()
	known, err := version.Load()
	require.NoError(t, err)
	op, err := known.Resolve(version.Authentik, c.authentik)
	require.NoError(t, err)
	rp, err := known.Resolve(version.Immich, c.immich)
	require.NoError(t, err)
	plan := stack.Plan{Authentik: op, Immich: rp}
	plan.ImmichHost, plan.AuthentikHost = s.Hosts()
	doubles, err := inproc.Start(plan)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, doubles.Close(context.Background())) })

	ctx, secrets := t.Context(), doubles.Secrets()
	l := &live{source: pair.Source{
		ImmichURL: "https://" + plan.ImmichHost, HTTP: doubles.HTTPClient(), AuthentikToken: secrets.AuthentikToken, Tool: "test",
	}}
	l.authentik = authentik.New("https://"+plan.AuthentikHost, secrets.AuthentikToken, l.source.HTTP)
	anonymous := immich.New(l.source.ImmichURL, l.source.HTTP).For(rp)
	require.NoError(t, anonymous.SignUpAdmin(ctx, secrets.ImmichAdminEmail, secrets.ImmichAdminPassword, "Administrator"))
	l.session, err = anonymous.Login(ctx, secrets.ImmichAdminEmail, secrets.ImmichAdminPassword)
	require.NoError(t, err)
	l.admin = anonymous.As(l.session)
	l.op, err = l.authentik.Configure(ctx, s, op)
	require.NoError(t, err)
	_, err = l.admin.Configure(ctx, s, rp, l.op.ClientID, l.op.ClientSecret, l.op.Issuer)
	require.NoError(t, err)
	l.source.ImmichKey = l.key(t, "systemConfig.read")
	l.secrets = []string{l.op.ClientSecret, secrets.AuthentikToken, secrets.ImmichAdminPassword, l.source.ImmichKey, l.session.Token}
	return l
}

// key makes an API key as an administrator does.
func (l *live) key(t *testing.T, permission string) string {
	t.Helper()
	return immichtest.APIKey(t, l.source.ImmichURL, l.source.HTTP, l.session, permission)
}

// through is a source whose requests pass a hand that may answer in the place of the products.
func (l *live) through(answer func(*http.Request) *http.Response) pair.Source {
	s, client := l.source, *l.source.HTTP
	client.Transport = hand{client.Transport, answer}
	s.HTTP = &client
	return s
}

type hand struct {
	base   http.RoundTripper
	answer func(*http.Request) *http.Response
}

func (h hand) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer := h.answer(r); answer != nil {
		answer.Request = r
		return answer, nil
	}
	return h.base.RoundTrip(r)
}

func says(status int, body string) *http.Response {
	header := http.Header{"Content-Type": {"application/json"}}
	if strings.HasPrefix(body, "<") {
		header.Set("Content-Type", "text/html")
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func refusedBy(status int, detail string) *http.Response {
	return says(status, `{"detail": "`+detail+`"}`)
}

// written is the text of a pair file, which holds none of the secrets.
func (l *live) written(t *testing.T, p *pair.Pair) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, p.Write(&b))
	for _, secret := range l.secrets {
		assert.NotContains(t, b.String(), secret)
	}
	return b.String()
}
