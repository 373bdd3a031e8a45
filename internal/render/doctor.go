package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// chapter is a group of the doctor's checks, by their IDs or what these begin with.
type chapter struct {
	title string
	ids   []string
}

// chapters are in the order in which a person mends: from the name to the login.
var chapters = []chapter{
	{"Names and certificates", []string{"live.dns", "live.tls", "live.addresses", "live.https", "live.http2", "live.clock"}},
	{"Immich", []string{"live.api-open", "live.version", "live.websocket", "live.oauth-on", "live.button", "login.mobile.handoff"}},
	{"Login", []string{"live.authorize", "live.redirect", "live.login-page"}},
	{"A real login", []string{"live.signin", "live.session", "live.signout"}},
	{"authentik", []string{"discovery."}},
	{"Settings", []string{"guide."}},
	{"Further names of Immich", []string{"live.origin"}},
	{"Further", []string{""}},
}

// Doctor writes what the checks of a live pair came to, each cause and its remedy beneath the first check that it explains.
func Doctor(out io.Writer, r *report.Report, dir string, o ConsoleOptions) {
	d := doctor{c: &Console{o: o}, r: r, told: map[string]bool{}}
	left := r.Complete()
	fmt.Fprintf(&d.b, "%s\n", d.c.paint(bold, plain.OneLine(r.Cell.String())))
	for _, ch := range chapters {
		var own []check.Result
		for _, one := range left {
			if slices.ContainsFunc(ch.ids, func(id string) bool { return strings.HasPrefix(one.ID, id) }) {
				own = append(own, one)
			}
		}
		left = slices.DeleteFunc(slices.Clone(left), func(one check.Result) bool {
			return slices.ContainsFunc(own, func(o check.Result) bool { return o.Name() == one.Name() })
		})
		d.chapter(ch.title, own)
	}
	d.notJudged()
	for _, note := range r.Notes {
		fmt.Fprintf(&d.b, "\nnote: %s\n", plain.OneLine(note))
	}
	fmt.Fprintf(&d.b, "\n%s\n", counts(r.Complete()))
	fmt.Fprintf(&d.b, "%s\n%s\n", d.c.paint(bold+";"+verdictColour(r.Verdict), "Verdict: "+string(r.Verdict)), plain.Wrap(r.Headline(), 100, ""))
	fmt.Fprintf(&d.b, "Report: %s\n", report.Readable(dir))
	_, _ = io.WriteString(out, plain.Inert(d.b.String())) // a console that cannot be written must not end the run
}

type doctor struct {
	c       *Console
	r       *report.Report
	b       strings.Builder
	told    map[string]bool // causes
	blocked []string        // why each check did not run that others did not let
}

func (d *doctor) chapter(title string, results []check.Result) {
	results = slices.DeleteFunc(results, func(one check.Result) bool {
		since := d.r.Since(one)
		if since != "" {
			d.blocked = append(d.blocked, since)
		}
		return since != ""
	})
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(&d.b, "\n%s\n", d.c.paint(bold, title))
	for _, one := range results {
		weight := report.Weigh(one)
		fmt.Fprintf(&d.b, "%s %s%s\n", d.c.paint(colour(weight), sign(weight)), plain.OneLine(one.Title), observed(one))
		if report.Echo(one) {
			fmt.Fprintf(&d.b, "    %s\n", plain.OneLine(one.Reason))
		} else if weight != report.Passed {
			d.trouble(one)
		}
	}
}

// sign is the mark before a check.
func sign(w report.Weight) string {
	switch w {
	case report.Passed:
		return "√"
	case report.Violating:
		return "×"
	case report.Skipped, report.ForInformation:
		return "·"
	}
	return "‼"
}

// observed are the facts that a check brought, where it passed and they are short.
func observed(one check.Result) string {
	for _, key := range []string{"addresses", "expires", "version", "issuer", "authorization-endpoint"} {
		text := one.Observations[key]
		switch {
		case text == "" || one.Status != check.Pass:
		case key == "expires":
			return " (until " + plain.OneLine(text) + ")"
		default:
			return " (" + plain.Short(plain.OneLine(text), 80) + ")"
		}
	}
	return ""
}

// trouble says why a check did not pass, and what to change, once.
func (d *doctor) trouble(one check.Result) {
	for _, p := range report.Problems(one) {
		labelled(&d.b, "found", p.Message)
		if report.Weigh(one) == report.ForInformation {
			continue
		}
		labelled(&d.b, "expected", p.Expected)
		labelled(&d.b, "actual", p.Actual)
	}
	if report.Weigh(one) == report.ForInformation {
		return
	}
	for _, cause := range d.r.Causes {
		if cause.ID == report.Unknown || !slices.Contains(cause.Checks, one.Name()) {
			continue
		}
		key := cause.ID + cause.Title + cause.Fix.Text
		if d.told[key] {
			labelled(&d.b, "cause", sentence(cause.Title)+", as above")
			continue
		}
		d.told[key] = true
		labelled(&d.b, "cause", cause.Title)
		for _, f := range remedy(cause) {
			labelled(&d.b, f.label, f.text)
		}
		for _, a := range cause.Alternatives {
			labelled(&d.b, "or else", sentence(a.Title)+": "+a.Tell)
		}
	}
}

// notJudged are the checks of which nothing is said, and why: a line for those that the same check kept from running, and
// one for those that the same reason did.
func (d *doctor) notJudged() {
	told := map[string]int{}
	for _, since := range d.blocked {
		told[since]++
	}
	if len(d.blocked) > 0 {
		d.b.WriteString("\n")
	}
	for _, since := range d.blocked {
		if n := told[since]; n > 0 {
			fmt.Fprintf(&d.b, "%s: %s\n", plain.OneLine(since), plain.Count(n, "check"))
			delete(told, since)
		}
	}
	var reasons []string
	ids := map[string][]string{}
	for _, x := range d.r.Plan.Excluded {
		if ids[x.Reason] == nil {
			reasons = append(reasons, x.Reason)
		}
		ids[x.Reason] = append(ids[x.Reason], x.ID)
	}
	if len(reasons) == 0 {
		return
	}
	fmt.Fprintf(&d.b, "\n%s\n", d.c.paint(bold, "Not judged"))
	for _, reason := range reasons {
		fmt.Fprintf(&d.b, "· %s: %s\n", strings.Join(ids[reason], ", "), plain.OneLine(reason))
	}
}
