package run

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// liveJudge judges what was seen. Nothing is asked any more.
type liveJudge struct {
	r         *road
	pair      *suites.Live
	exchanges []edge.Exchange
	err       error // of writing the report
	// interrupted is set where the login was: how it ended has no cause in the pair.
	interrupted bool

	mu     sync.Mutex
	rests  map[string][]int64 // exchanges by check
	failed []diagnose.Failed
}

// judge runs the checks and names the causes.
func (d *doctor) judge(ctx context.Context, r *road, pair *suites.Live, plan []suites.LiveCheck, asked time.Duration) ([]check.Result, error) {
	j := &liveJudge{r: r, pair: pair, exchanges: d.transport.Exchanges(), rests: map[string][]int64{}, interrupted: ctx.Err() != nil}
	pair.Rests = j.rest
	runner := check.Runner[*suites.Live]{
		Parallel: 1, Timeout: time.Minute, Ended: j.ended,
		Env: func(*check.T) *suites.Live { return pair },
	}
	err := r.writer.Phase("ask", asked)
	results := runner.Run(context.WithoutCancel(ctx), plan) // what was seen until an interrupt is judged all the same
	return results, errors.Join(unwritten(r.dir, err), j.err, j.diagnose())
}

func (j *liveJudge) rest(name string, id int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.rests[name] = append(j.rests[name], id)
}

// ended writes a result down, with the exchanges that it rests on where it did not pass.
func (j *liveJudge) ended(one check.Result) {
	own := j.own(one.Name())
	if one.Status == check.Fail || one.Status == check.Inconclusive || one.Status == check.Error {
		if one.Level != check.Info && !(j.interrupted && one.ID == suites.LiveSignInID) {
			j.failed = append(j.failed, diagnose.Read(one, own))
		}
		if artefact, err := j.r.store.WriteExchanges(one.Name(), "exchanges", own); err == nil && len(own) > 0 {
			one.Evidence = append(one.Evidence, artefact)
		}
		recordings, _ := j.r.store.WriteHARs(one.Name(), own) // what could not be saved is not worth a verdict
		one.Evidence = append(one.Evidence, recordings...)
	}
	one.Evidence = append(one.Evidence, j.pictures(one.Name())...)
	j.err = cmp.Or(j.err, unwritten(j.r.dir, j.r.writer.Add(j.r.redactor.Result(one))))
}

func (j *liveJudge) own(name string) []edge.Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.exchanges), func(x edge.Exchange) bool { return !slices.Contains(j.rests[name], x.ID) })
}

func (j *liveJudge) diagnose() error {
	if len(j.failed) == 0 {
		return nil
	}
	facts := publicFacts(j.pair)
	ownFacts(&facts, j.pair.Settings)
	seen := slices.DeleteFunc(slices.Clone(j.failed), func(f diagnose.Failed) bool { return bySettings(f.Result) })
	causes, err := diagnose.Diagnose(&diagnose.Evidence{Facts: facts, Failed: seen})
	causes = concernCauses(causes, j.pair.Settings, j.failed)
	for i := range causes {
		for _, text := range causes[i].Texts() {
			*text = j.r.redactor.Text(*text)
		}
	}
	return errors.Join(err, unwritten(j.r.dir, j.r.writer.Update(func(rep *report.Report) { rep.Causes = causes })))
}

// publicFacts are what is known of a pair without credentials. What is not known is such that nothing is held against it.
func publicFacts(l *suites.Live) diagnose.Facts {
	s := l.Seen
	f := diagnose.Facts{
		Live: s, Authentik: l.AuthentikRelease, Immich: l.Release, Guide: &guide.Settings{}, ImmichURL: s.Immich.Origin,
		OAuth: diagnose.OAuth{Enabled: s.Server.OAuth || !s.Features.OK(), AutoRegister: true, SameSecret: true, Unread: true},
	}
	for _, o := range s.Origins {
		f.Origins = append(f.Origins, o.Site.Origin)
	}
	if p := s.Ping; !s.Server.Pong && !p.Circular() && asksForLogin(p) {
		f.Ping = diagnose.Ping{Status: p.Status, ContentType: p.Header.Get("Content-Type"), Location: p.Location()}
	}
	if s.Authentik != nil {
		f.AuthentikURL = s.Authentik.Origin
		if len(s.Authentik.Fronts) > 0 {
			f.ImmichClock, f.AuthentikClock = s.Immich.Fronts[0].Answer.Ahead, s.Authentik.Fronts[0].Answer.Ahead
		}
	}
	readLogins(&f, s)
	readDiscovery(&f, s)
	return f
}

// asksForLogin reports whether an answer is that of who wants somebody to log in first.
func asksForLogin(a live.Answer) bool {
	return a.Status >= http.StatusMultipleChoices && a.Status < http.StatusBadRequest ||
		a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden || a.OK()
}

// readLogins takes what the authorization requests and authentik's answers to them tell of both settings.
func readLogins(f *diagnose.Facts, s *live.Seen) {
	for _, login := range s.Logins {
		if login.Request == nil {
			continue
		}
		query := login.Request.Query()
		f.OAuth.ClientID, f.OAuth.Scope = query.Get("client_id"), query.Get("scope")
		f.Provider.Name = "whose client ID is " + f.OAuth.ClientID
		if login.Overridden() {
			f.OAuth.Override = login.Asked()
		}
		if login.Pattern != "" {
			f.Provider.RedirectURIs = append(f.Provider.RedirectURIs, diagnose.Entry{URL: login.Pattern, Mode: guide.Strict})
		}
	}
}

// readDiscovery takes what authentik says of itself. Where its document was not found, the authorization endpoint tells by
// which scheme authentik believes to be asked.
func readDiscovery(f *diagnose.Facts, s *live.Seen) {
	d := s.Discovery
	var document struct {
		Issuer     string   `json:"issuer"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
		Scopes     []string `json:"scopes_supported"`
		Encryption []string `json:"id_token_encryption_alg_values_supported"`
	}
	if d.Found() && json.Unmarshal(d.Answer.Body, &document) == nil {
		f.Discovery = diagnose.Discovery{URL: d.Answer.URL, Status: d.Answer.Status, Issuer: document.Issuer, Algorithms: document.Algorithms}
		f.Provider.Scopes, f.Provider.Encrypted = document.Scopes, len(document.Encryption) > 0
		if !slices.Contains(document.Algorithms, "HS256") {
			f.Provider.SigningKey = "that the provider has" // else authentik signs with the secret
		}
		f.OAuth.Algorithm = "RS256" // its default; what it is set to is not public
		return
	}
	begun := func(l live.Login) bool { return l.Request != nil && (s.Named || !live.Internal(l.Request.Hostname())) }
	if i := slices.IndexFunc(s.Logins, begun); i >= 0 && s.Authentik != nil {
		request := s.Logins[i].Request
		f.Discovery = diagnose.Discovery{URL: s.Authentik.Origin, Issuer: request.Scheme + "://" + request.Host}
	}
	f.Discovery.Status = d.Answer.Status
}

// services are both products, as far as they were seen.
func services(pair *suites.Live) []stack.Service {
	all := []stack.Service{{Name: "immich", Observed: pair.Release.Version}}
	if pair.Seen.Authentik != nil {
		all = append(all, stack.Service{Name: "authentik", Observed: pair.AuthentikVersion()})
	}
	return all
}
