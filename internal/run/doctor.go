package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/live"
	pairfile "github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// DoctorOptions are what a person can say about a live pair. Of Options its output, its environment and Now are used.
type DoctorOptions struct {
	Options
	Immich  string   // its address, "https://photos.example.org"
	Origins []string // further addresses of it
	Issuer  string   // authentik's, as the provider's page shows it; empty: it is guessed
	CAFile  string   // of CAs beside those of this machine; empty: none
	Resolve []string // "host:port:address", as curl has it; the address may carry a port of its own
	Live    LiveOptions
	Login   LoginOptions
	JSON    bool // the report goes to Output, and nothing else

	Lookup func(ctx context.Context, host string) ([]netip.Addr, error) // finds addresses; nil: this machine's resolver
	Proxy  func(*http.Request) (*url.URL, error)
	Rate   rate.Limit // requests a second; 0: live.DefaultRate
	Most   int        // requests; 0: live.DefaultMost
	// Asked is given the transport when all was asked, for who looks at what it did; nil: nobody.
	Asked func(*live.Transport)
}

// Doctor asks a live pair what anybody may ask, and judges what was seen. It writes nothing there but by a login that is asked
// for. Its errors are those of Run; that the address is none of an Immich is a *UsageError.
func Doctor(ctx context.Context, o DoctorOptions) (*Outcome, error) {
	d, err := o.check()
	if err != nil {
		return nil, err
	}
	if err := d.readGuide(ctx); err != nil {
		return nil, err
	}
	began := o.Now().UTC()
	pair, err := d.ask(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.signIn(ctx, pair); err != nil {
		return nil, err
	}
	asked := o.Now().UTC().Sub(began)
	plan, excluded := suites.LiveCatalogue(pair)
	r, err := d.open(pair, plan, excluded, began)
	if err != nil {
		return nil, err
	}
	defer r.console.Close()
	results, err := d.judge(ctx, r, pair, plan, asked)
	return r.finish(ctx, results, err)
}

// doctor is a question that can be asked.
type doctor struct {
	o         DoctorOptions
	question  live.Question
	page      *guide.Settings // of the guide that is named; nil: none is
	transport *live.Transport
	passage   *live.Passage // of the login; nil: there was none
	window    *live.Window  // of a browser; nil: there was none
	shown     render.ConsoleOptions
	console   *render.Console // of what is under way
}

// ask asks everything. That there is no Immich at the address is a mistake in what was asked for.
func (d *doctor) ask(ctx context.Context) (*suites.Live, error) {
	catalogue, err := version.Load()
	if err != nil {
		return nil, err
	}
	pair := &suites.Live{Release: released(catalogue, version.Immich, "")}
	origins := append([]string{d.question.Immich}, d.question.Origins...)
	d.question.Clients = func(told string) []live.Client {
		return suites.LiveClients(released(catalogue, version.Immich, told), origins...)
	}
	began := time.Now()
	d.question.Progress = func(what string) { d.console.Waiting(stack.Progress{Text: what}, time.Since(began)) }
	pair.Seen, err = live.Ask(ctx, d.transport, d.question)
	d.console.Close()
	if d.o.Asked != nil {
		d.o.Asked(d.transport)
	}
	if err != nil {
		return nil, proxyMistake(err)
	}
	pair.Release = released(catalogue, version.Immich, pair.Seen.Server.Version)
	pair.AuthentikRelease = released(catalogue, version.Authentik, pair.AuthentikVersion())
	if err := noImmich(pair.Seen); err != nil {
		return nil, err
	}
	if err := d.readSettings(ctx, pair); err != nil {
		return nil, err
	}
	if err := d.misnamed(pair); err != nil {
		return nil, err
	}
	return pair, d.askIssuer(ctx, pair)
}

// released is the release that a product names; one without features where that is not known.
func released(catalogue *version.Catalogue, product version.Product, told string) *version.Release {
	if known, err := catalogue.Resolve(product, told); err == nil {
		return known
	}
	return &version.Release{Product: product, Version: told}
}

// open begins the bundle.
func (d *doctor) open(pair *suites.Live, plan []suites.LiveCheck, exclusions []suites.Exclusion, began time.Time) (*road, error) {
	name := unfitForFiles.ReplaceAllString("doctor-"+pair.Seen.Immich.Host, "-")
	dir, err := d.o.directory(began, name)
	if err != nil {
		return nil, err
	}
	var excluded []report.Excluded
	for _, e := range exclusions {
		excluded = append(excluded, report.Excluded{ID: e.ID, Why: report.NotApplicable, Reason: e.Reason})
	}
	var planned []string
	for _, c := range plan {
		planned = append(planned, c.Name())
	}
	writer, err := report.Open(dir, report.Report{
		Run:   report.Run{ID: began.Format(timeFormat) + "-" + name, Started: began, Command: d.o.Command, Tool: d.o.Tool},
		Cell:  report.Cell{At: pair.Seen.Immich.Origin, Immich: pair.Release.Version, Authentik: pair.AuthentikVersion()},
		Stack: report.Stack{Kind: stack.Live, Services: services(pair)}, Settings: guide.Settings{},
		Notes: d.notes(pair),
		Plan:  report.Plan{Checks: planned, Excluded: excluded},
	})
	if err != nil {
		return nil, err
	}
	r := &road{
		o: d.o.Options, dir: dir, writer: writer, planned: planned, redactor: evidence.NewRedactor(),
		console: render.NewConsole(render.ConsoleOptions{Out: io.Discard}), summary: d.tell(dir),
	}
	for _, secret := range append(d.secrets(pair), d.o.Live.immichKey, d.o.Live.authentikToken) {
		if secret != "" {
			r.redactor.Know(evidence.Secret, secret)
		}
	}
	r.store = evidence.NewStore(dir, r.redactor)
	r.store.Tool = d.o.Tool
	return r, nil
}

// notes say what was asked, and what could not be read.
func (d *doctor) notes(pair *suites.Live) []string {
	all := []string{fmt.Sprintf("%d of at most %d requests were made: GET, and POST /api/oauth/authorize, with which a login begins", d.transport.Made(), d.transport.Made()+d.transport.Left())}
	all = append(all, d.loginNotes(pair)...)
	if pair.Settings != nil {
		for _, sentence := range pair.Settings.Pair.NotRead {
			if !slices.ContainsFunc(pair.Settings.Closed, func(c pairfile.Closed) bool { return c.Note == sentence }) { // said as not judged
				all = append(all, "not read: "+sentence)
			}
		}
	}
	return all
}

// tell is how a person, or a program, is told what it came to.
func (d *doctor) tell(dir string) func(*report.Report) error {
	return func(rep *report.Report) error {
		if !d.o.JSON {
			render.Doctor(d.o.Output, rep, dir, render.ConsoleOptions{Terminal: d.o.Terminal, NoColor: d.o.NoColor, Width: d.o.Width})
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, report.JSONFile))
		if err == nil {
			_, err = d.o.Output.Write(data)
		}
		return err
	}
}

// check names every mistake in what was asked for, a line each.
func (o DoctorOptions) check() (*doctor, error) {
	d := &doctor{o: o}
	var mistakes []error
	add := func(err error) {
		if err != nil {
			mistakes = append(mistakes, err)
		}
	}
	var err error
	d.question.Immich, err = origin("", o.Immich)
	add(err)
	for _, text := range o.Origins {
		further, err := origin("--origin ", text)
		add(err)
		if !slices.Contains(append(d.question.Origins, d.question.Immich), further) {
			d.question.Origins = append(d.question.Origins, further)
		}
	}
	d.question.Issuer = o.Issuer
	add(o.issuerMistake())
	transport := live.TransportOptions{
		Immich: append([]string{d.question.Immich}, d.question.Origins...), Agent: agent(o.Tool), Proxy: o.Proxy, Lookup: o.Lookup, Most: o.Most, Rate: o.Rate,
	}
	d.o.Live, err = o.Live.check()
	add(err)
	d.o.Login, err = o.Login.check()
	add(err)
	transport.CA, err = roots(o.CAFile)
	add(err)
	transport.Resolve, err = places(o.Resolve)
	add(err)
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	d.transport = live.NewTransport(transport)
	d.shown = render.ConsoleOptions{Out: o.Output, Terminal: o.Terminal, NoColor: o.NoColor, Width: o.Width}
	if o.JSON {
		d.shown.Out, d.shown.Terminal = io.Discard, false
	}
	d.console = render.NewConsole(d.shown)
	return d, nil
}
