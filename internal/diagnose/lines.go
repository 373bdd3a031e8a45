package diagnose

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// Line is what a product says beside its answers: a line of its log, or an event that it keeps.
type Line struct {
	By    check.Party // check.Immich, check.Authentik
	At    time.Time
	Event string // its action; empty: the line is from a log
	Text  string
	ID    string // of the request; empty: none is named
	Who   string // user name; empty: nobody is named
	State string // of the authorization request; empty: none is named
}

// Line as a sentence of evidence.
func (l Line) String() string {
	who := map[check.Party]string{check.Immich: "Immich", check.Authentik: "authentik"}[l.By]
	switch {
	case l.Event == "":
		return who + " logs: " + l.Text
	case l.Text == "" && l.Who != "":
		return who + " keeps the event " + l.Event + " about " + l.Who
	case l.Text == "":
		return who + " keeps the event " + l.Event
	}
	return who + " keeps the event " + l.Event + ": " + l.Text
}

// OfEvents makes lines of authentik's events.
func OfEvents(events []authentik.Event) []Line {
	var lines []Line
	for _, e := range events {
		lines = append(lines, Line{
			By: check.Authentik, At: e.At, Event: e.Action, Text: e.Message, ID: e.RequestID, Who: e.Username, State: e.State,
		})
	}
	return lines
}

// slack is how far a line may be outside of a check's time: Immich's log tells whole seconds.
const slack = time.Second

// Join gives the lines to the checks in whose time they fall: to those whose requests, state or person they name as their
// own, which may decide. All others stand beside a check, and decide nothing.
func (e *Evidence) Join(lines []Line) {
	slices.SortStableFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) })
	for i := range e.Failed {
		f := &e.Failed[i]
		from, to := f.Started.Add(-slack), f.Started.Add(time.Duration(f.Seconds*float64(time.Second))).Add(slack)
		for _, l := range lines {
			switch {
			case l.At.Before(from) || l.At.After(to):
			case f.marks.names(l):
				f.Own = append(f.Own, l)
			default:
				f.Beside = append(f.Beside, l)
			}
		}
	}
}

// marks are what tells the lines of a check from those of others.
type marks struct {
	requests, states map[string]bool
	people           []string // user name, e-mail and sub
}

// names reports whether a line names one of the marks.
func (m *marks) names(l Line) bool {
	return m.requests[l.ID] || m.states[l.State] ||
		slices.ContainsFunc(m.people, func(p string) bool { return l.Who == p || strings.Contains(l.Text, p) })
}

// person notes somebody by a name that is long enough to be nobody else's.
func (m *marks) person(name string) {
	const shortest = 6
	if len(name) >= shortest && !slices.Contains(m.people, name) {
		m.people = append(m.people, name)
	}
}

// idHeaders are where the products tell the ID of a request: authentik, Immich from v3.0.0, Immich before.
var idHeaders = []string{"X-Authentik-Id", "X-Correlation-Id", "X-Immich-Cid"}

// note takes the marks of an exchange.
func (m *marks) note(x *edge.Exchange) {
	if m.requests == nil {
		m.requests, m.states = map[string]bool{}, map[string]bool{}
	}
	if beside(x) {
		return
	}
	for _, name := range idHeaders {
		add(m.requests, x.ResponseHeader.Get(name))
	}
	var told struct {
		Correlation string `json:"correlationId"` // Immich's refusals before v3.0.0
		Request     string `json:"request_id"`    // authentik's from 2025.8
	}
	_ = json.Unmarshal(x.ResponseBody, &told) // what is not JSON names none
	add(m.requests, told.Correlation)
	add(m.requests, told.Request)
	if at(x, authorizePath) {
		add(m.states, parse(x.URL).Query().Get("state"))
	}
	m.person(typed(x))
	if token := tokenOf(x); token != nil {
		for _, claim := range []string{"sub", "preferred_username", "email"} {
			name, _ := token.Claims[claim].(string)
			m.person(name)
		}
	}
}

// beside reports whether an exchange is none of a login's: what Immich's pages load when somebody is in, such as the state of
// its disk.
func beside(x *edge.Exchange) bool {
	p := path(x)
	return strings.HasPrefix(p, "/api/server") || strings.HasPrefix(p, "/api/notifications") || strings.HasPrefix(p, "/api/timeline")
}

func add(set map[string]bool, value string) {
	if value != "" {
		set[value] = true
	}
}

// mostSaid is how many lines a cause shows: one that names the failure, one that names its reason.
const mostSaid = 2

// said is what the products say about checks beside their answers. Where none of it is certainly about them and meanwhile is
// set, it is what Immich or authentik said meanwhile.
func (e *Evidence) said(checks []string, meanwhile bool) []string {
	var own, beside []string
	for _, f := range e.Failed {
		if slices.Contains(checks, f.Name()) {
			own, beside = sentences(own, f.Own, ""), sentences(beside, f.Beside, "meanwhile, ")
		}
	}
	if len(own) == 0 && meanwhile {
		own = beside
	}
	return own[:min(mostSaid, len(own))]
}

// sentences adds lines to what is said already, each once, those that name a reason where some do.
func sentences(all []string, lines []Line, before string) []string {
	if slices.ContainsFunc(lines, reasoned) {
		lines = slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return !reasoned(l) })
	}
	for _, l := range lines {
		if text := before + shorten(l.String()); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// reasoned reports whether a line says more than that a login failed, as Immich repeats in the end.
func reasoned(l Line) bool { return l.Text != "Unknown error: Error: OAuth login failed" }

// shorten keeps a sentence readable.
func shorten(text string) string {
	if letters := []rune(text); len(letters) > wordsLimit {
		return string(letters[:wordsLimit]) + "…"
	}
	return text
}
