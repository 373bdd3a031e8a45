// Package diagnose says why checks did not pass: rules over typed evidence, each a cause that is told once, however many
// checks saw it. What a rule says in words stands in fixtures/causes.
package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/report"
)

// Evidence is what a run knows when its checks have ended.
type Evidence struct {
	Facts
	Failed []Failed // in the order of the plan
}

// Failed is a check that did not pass, and what was said on its way.
type Failed struct {
	check.Result
	Stops  []Stop
	Tokens []Token
	// Sessionless is set where Immich answered a login well, and no cookie of a session came with it.
	Sessionless bool
	Dropped     []string // cookies of Immich's that did not pass the proxy
	Person      string   // who was to log in at authentik, as typed last
	Errors      []Broken // calls that a product did not get done with
	Unknown     []string // paths that Immich does not know
	// Own are the lines of logs and the events that are certainly about this check; Beside are others of its time.
	Own, Beside []Line

	marks marks
}

// Read makes evidence of a check's result and of its own exchanges. Those of a browser whose network changed prove nothing.
func Read(r check.Result, own []edge.Exchange) Failed {
	f := Failed{Result: r}
	if disturbed(r) {
		return f
	}
	for i := range own {
		if stop := stopOf(&own[i]); stop != nil {
			stop.From, stop.To = own[i].Started, own[i].Started.Add(own[i].Duration)
			f.Stops = append(f.Stops, *stop)
		}
		f.Sessionless = f.Sessionless || sessionless(&own[i])
		f.Dropped = append(f.Dropped, own[i].Dropped...)
		f.Person = cmp.Or(typed(&own[i]), f.Person)
		f.Errors = append(f.Errors, brokenOf(&own[i])...)
		f.Unknown = append(f.Unknown, unknownPath(&own[i])...)
		f.marks.note(&own[i])
		if token := tokenOf(&own[i]); token != nil {
			f.Tokens = append(f.Tokens, *token)
		}
	}
	return f
}

// last is the refusal after which nothing went on; the zero Stop where there is none.
func (f Failed) last() Stop {
	if len(f.Stops) == 0 {
		return Stop{}
	}
	return f.Stops[len(f.Stops)-1]
}

// sign is one cause that the evidence shows.
type sign struct {
	checks   []string          // that it explains
	values   map[string]string // for its text
	at       setting           // that is at fault; the zero setting: none is
	evidence []string
	side     report.Side // that is at fault, where it is not the one that the cause's words name; empty: it is that
	or       []string    // IDs of causes that nothing seen tells from this one
	likely   bool        // it is what is left, and nothing shows it
}

// setting is a field of a product, and where the guide documents it.
type setting struct {
	field string // as guide.FieldCheck names it
	line  int    // 0: the guide is silent
}

// rule is the condition of the cause with that ID.
type rule struct {
	id   string
	when func(*Evidence) []sign
}

func rules() []rule {
	return slices.Concat(issuerRules(), redirectRules(), keyRules(), claimRules(), accountRules(), personRules(), appRules(), brokenRules(), wayRules(), logoutRules(), liveRules())
}

// Diagnose names the causes, those that explain most first. A check that more than one explains stands with each; one that
// none explains is unknown, together with others that ended in the same words.
func Diagnose(e *Evidence) ([]report.Cause, error) {
	texts, err := Texts()
	if err != nil {
		return nil, err
	}
	var causes []report.Cause
	explained := map[string]bool{}
	for _, r := range rules() {
		for _, s := range r.when(e) {
			if len(s.checks) == 0 {
				continue
			}
			cause, err := texts.cause(r.id, s, e)
			if err != nil {
				return nil, err
			}
			cause.Evidence = append(cause.Evidence, e.said(cause.Checks, false)...)
			causes = append(causes, cause)
			for _, name := range cause.Checks {
				explained[name] = true
			}
		}
	}
	slices.SortStableFunc(causes, func(a, b report.Cause) int { return cmp.Compare(len(b.Checks), len(a.Checks)) })
	texts.tellApart(causes)
	return append(causes, e.unknown(explained)...), nil
}

// explains are all checks that a sign explains, in the order of the plan: also the one that found the field at fault to read
// back otherwise than documented.
func (e *Evidence) explains(s sign) []string {
	return e.those(func(f Failed) bool {
		return slices.Contains(s.checks, f.Name()) || s.at.field != "" &&
			slices.ContainsFunc(f.Findings, func(found check.Finding) bool { return strings.HasPrefix(found.Setting, s.at.field) })
	})
}

// documents reports whether the guide documents the setting as it is, so that the guide is at fault.
func (e *Evidence) documents(s setting) bool {
	return s.line > 0 && !slices.ContainsFunc(e.Differing, func(field string) bool { return strings.HasPrefix(field, s.field) })
}

// unknown are the checks that no rule explains, one cause for those that ended in the same words.
func (e *Evidence) unknown(explained map[string]bool) []report.Cause {
	var causes []report.Cause
	at := map[string]int{}
	for _, f := range e.Failed {
		if explained[f.Name()] {
			continue
		}
		words := plainWords(f)
		i, seen := at[words]
		if !seen {
			i = len(causes)
			at[words] = i
			causes = append(causes, report.Cause{
				ID: report.Unknown, Side: report.SideUnknown, Title: words,
				Explanation: "No known cause fits. What was seen stands with the check.",
			})
		}
		causes[i].Checks = append(causes[i].Checks, f.Name())
	}
	for i := range causes {
		causes[i].Evidence = e.said(causes[i].Checks, true)
	}
	return causes
}

// plainWords are what a check found, without what differs from one check to the next.
func plainWords(f Failed) string {
	words := f.Reason
	for _, finding := range f.Findings {
		words = finding.Message
		break
	}
	words, _, _ = strings.Cut(words, " (correlation ")
	return strings.TrimSpace(words)
}

// stopped are the names of the checks whose way ended as match says, at the provider that the guide describes.
func (e *Evidence) stopped(match func(Stop) bool) []string {
	return e.those(func(f Failed) bool { return len(f.Stops) > 0 && e.ours(f.last()) && match(f.last()) })
}

// ours reports whether a refusal is about the provider that the guide describes, and not about one that a check has made.
func (e *Evidence) ours(s Stop) bool {
	return s.ClientID == "" || s.ClientID == e.Provider.ClientID || s.ClientID == e.OAuth.ClientID
}

// wanted reports whether the refusal that a check got last may be the one that it asked for.
func (f Failed) wanted() bool { return f.Provokes && f.Status == check.Fail }

// those are the names of the checks that match.
func (e *Evidence) those(match func(Failed) bool) []string {
	var names []string
	for _, f := range e.Failed {
		if match(f) {
			names = append(names, f.Name())
		}
	}
	return names
}

// in reports whether a check's ID is one of ids, or begins with one that ends in a dot.
func (f Failed) in(ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return f.ID == id || strings.HasSuffix(id, ".") && strings.HasPrefix(f.ID, id)
	})
}
