package live

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// begin asks Immich to begin a login for each client. Where the first does not begin, no other does: Immich asks
// authentik for its discovery document each time.
func (a *asker) begin(ctx context.Context) {
	if a.q.Clients == nil {
		return
	}
	for _, client := range a.q.Clients(a.seen.Server.Version) {
		if !a.answers(client.Origin) {
			continue
		}
		login := Login{Client: client, Start: a.ask(ctx, http.MethodPost, client.Origin+authorizePath, startOf(client))}
		var body struct{ URL string }
		if login.Start.OK() && json.Unmarshal(login.Start.Body, &body) == nil {
			if u, err := url.Parse(body.URL); err == nil && u.Host != "" {
				login.Request = u
			}
		}
		a.seen.Logins = append(a.seen.Logins, login)
		if login.Request == nil && len(a.seen.Logins) == 1 {
			return
		}
	}
}

// answers reports whether Immich is at an origin.
func (a *asker) answers(origin string) bool {
	return origin == a.q.Immich || slices.ContainsFunc(a.seen.Origins, func(o Origin) bool { return o.Site.Origin == origin && o.Pong })
}

// startOf is how a client begins a login. Nobody keeps what the state and the challenge are made from: no login ends.
func startOf(c Client) map[string]string {
	start := map[string]string{"redirectUri": c.URI}
	if c.PKCE {
		sum := sha256.Sum256([]byte(rand.Text()))
		start["state"], start["codeChallenge"] = rand.Text(), base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return start
}

// authentik is the origin of authentik: where Immich sends people, else where the issuer is that a person named, also where
// Immich sends them to an address that is not for people.
func (a *asker) authentik() string {
	named := originOf(a.q.Issuer)
	a.seen.Named = named != ""
	for _, l := range a.seen.Logins {
		if l.Request != nil && (named == "" || !Internal(l.Request.Hostname())) {
			return originOf(l.Request.String())
		}
	}
	return named
}

// follow asks authentik for each login as a browser does, and goes no further.
func (a *asker) follow(ctx context.Context) {
	for i := range a.seen.Logins {
		if l := &a.seen.Logins[i]; l.Request != nil && l.To() == a.seen.Authentik.Origin {
			l.Answer = a.get(ctx, a.onAuthentik(l.Request))
		}
	}
}

// mostHops are from the authorization endpoint to authentik's login page: one, and two before 2026.2.
const mostHops = 3

// page goes on to authentik's login page for the first login that authentik takes.
func (a *asker) page(ctx context.Context) {
	i := slices.IndexFunc(a.seen.Logins, func(l Login) bool { return l.Onward() })
	if i < 0 {
		return
	}
	answer := a.seen.Logins[i].Answer
	for range mostHops {
		at, err := url.Parse(answer.URL)
		if err != nil {
			return
		}
		next, err := at.Parse(answer.Location())
		if err != nil || originOf(next.String()) != a.seen.Authentik.Origin {
			return
		}
		next.Scheme = at.Scheme // also where authentik believes to be asked over http
		answer = a.get(ctx, next.String())
		a.seen.LoginPage = answer
		if answer.Location() == "" {
			return
		}
	}
}

// Onward reports whether authentik sends the browser on to a page of its own: to its login.
func (l Login) Onward() bool {
	to := l.Answer.Location()
	return l.Answer.Status >= http.StatusMultipleChoices && l.Answer.Status < http.StatusBadRequest &&
		(strings.HasPrefix(to, "/") || strings.Contains(to, "/flow"))
}

// Open reports whether the way of the web app's login was seen to lead as far as authentik's login page.
func (s *Seen) Open() bool {
	return len(s.Logins) > 0 && s.Logins[0].Onward() && s.LoginPage.OK() && s.Authentik.Trusted()
}

// onAuthentik is an authorization request at the origin that was looked at: over https, also where Immich says http.
func (a *asker) onAuthentik(request *url.URL) string {
	return originOf(request.String()) + request.EscapedPath() + "?" + request.RawQuery
}
