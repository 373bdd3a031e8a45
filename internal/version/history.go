package version

import (
	"cmp"
	"slices"
)

// history is what is known of one product, oldest line first.
type history struct {
	product  Product
	lines    []knownLine
	upgrades []knownRule
}

// knownLine is a release line with what holds at each point of it.
type knownLine struct {
	name        string
	number      number // of its release 0, known or not
	unsupported string
	guide       string
	released    string
	releases    []number
	epochs      []epoch // the first holds from the start of the line
}

// epoch is a state and the release of the line from which it holds.
type epoch struct {
	from  number
	state state
}

// at is the state that holds for a number of the line, also for one that is not listed.
func (l *knownLine) at(n number) state {
	found := l.epochs[0].state
	for _, e := range l.epochs[1:] {
		if !n.LessThan(e.from.Version) {
			found = e.state
		}
	}
	return found
}

func (l *knownLine) newest() number { return l.releases[len(l.releases)-1] }

// newHistory turns a product's file into what holds when. It reports every problem and goes on.
func newHistory(product Product, doc document, p *problems) history {
	h := history{product: product}
	h.upgrades = readRules(product, doc.Upgrades, p)
	start := state{}.with(doc.change, product, 1, p)
	for _, written := range doc.Lines {
		known, ok := h.readLine(written, p)
		if !ok {
			continue
		}
		start = start.with(written.change, product, written.Line.line, p)
		if known.unsupported == "" {
			start.check(product, written.Line, p)
		}
		known.epochs = append([]epoch{{known.number, start}}, h.readChanges(written, known, start, p)...)
		h.lines = append(h.lines, known)
	}
	if !slices.ContainsFunc(h.lines, func(l knownLine) bool { return l.unsupported == "" && (l.guide != "" || product == Immich) }) {
		p.at(0, "there is no supported line of %s that a run could take by default", product)
	}
	return h
}

// readLine reads what identifies a line: its name, its releases, its guide.
func (h *history) readLine(written line, p *problems) (knownLine, bool) {
	n, isLine, ok := parseNumber(written.Line.text)
	if !ok || !isLine || n.line(h.product) != written.Line.text {
		p.at(written.Line.line, "%q is not a release line of %s", written.Line.text, h.product)
		return knownLine{}, false
	}
	if len(h.lines) > 0 && !h.lines[len(h.lines)-1].number.LessThan(n.Version) {
		p.at(written.Line.line, "line %q does not come after %q", written.Line.text, h.lines[len(h.lines)-1].name)
	}
	known := knownLine{name: written.Line.text, number: n, unsupported: written.Unsupported, guide: written.Guide.text, released: written.Released.text}
	if known.guide != "" {
		p.date(written.Guide, written.Line.line)
	}
	if known.released != "" {
		p.date(written.Released, written.Line.line)
	}
	for _, w := range written.Releases {
		if r, ok := h.readRelease(w, known, p); ok {
			known.releases = append(known.releases, r)
		}
	}
	if len(known.releases) == 0 {
		p.at(written.Line.line, "line %q lists no releases", known.name)
		return knownLine{}, false
	}
	return known, true
}

func (h *history) readRelease(w word, known knownLine, p *problems) (number, bool) {
	r, isLine, ok := parseNumber(w.text)
	if !ok || isLine || r.exact(h.product) != w.text || r.line(h.product) != known.name {
		p.at(w.line, "%q is not a release of line %q", w.text, known.name)
		return number{}, false
	}
	if len(known.releases) > 0 && !known.newest().LessThan(r.Version) {
		p.at(w.line, "release %q does not come after %q", w.text, known.newest().exact(h.product))
	}
	return r, true
}

// readChanges reads what changes within a line.
func (h *history) readChanges(written line, known knownLine, now state, p *problems) []epoch {
	var epochs []epoch
	last := known.releases[0]
	for _, c := range written.Changes {
		from, _, ok := parseNumber(c.From.text)
		if !ok || !known.lists(from) || !last.LessThan(from.Version) {
			at := cmp.Or(c.From.line, written.Line.line)
			p.at(at, "a change needs \"from\" with a later release of line %q, in order, not %q", known.name, c.From.text)
			continue
		}
		now = now.with(c.change, h.product, c.From.line, p)
		epochs = append(epochs, epoch{from, now})
		last = from
	}
	return epochs
}

func (l *knownLine) lists(n number) bool {
	return slices.ContainsFunc(l.releases, func(r number) bool { return r.Equal(n.Version) })
}
