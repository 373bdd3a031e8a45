package version

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"github.com/ssoproof/ssoproof/fixtures/versions"
)

// Catalogue is all that is known of the releases of both products. It does not change.
type Catalogue struct {
	histories map[Product]history
	apps      map[Product][]App // every generation
	proven    []Proof
}

// Proof is a pair of releases that a real run has proven.
type Proof struct {
	Authentik, Immich string // exact versions
	Guide             string // revision that the run applied
	Date              string // day of the run, 2026-11-23
	// The digests under which the registry gave out the images that ran; empty for pairs that were entered before digests
	// were kept.
	AuthentikDigest, ImmichDigest string
}

// folder is where a maintainer finds the files that errors name.
const folder = "fixtures/versions/"

// Load reads the facts that the program carries. It fails only where these files are wrong; a test reads them.
func Load() (*Catalogue, error) { return LoadFrom(versions.Files()) }

// LoadFrom reads authentik.yaml, immich.yaml and proven.yaml. Its error names file and line of everything wrong.
func LoadFrom(files fs.FS) (*Catalogue, error) {
	c := &Catalogue{histories: map[Product]history{}, apps: map[Product][]App{}}
	for _, product := range []Product{Authentik, Immich} {
		var doc document
		p, err := read(files, string(product)+".yaml", &doc)
		if err != nil {
			return nil, err
		}
		h := newHistory(product, doc, p)
		c.histories[product], c.apps[product] = h, h.generations()
		if err := p.err(); err != nil {
			return nil, err
		}
	}
	var doc provenDocument
	p, err := read(files, "proven.yaml", &doc)
	if err != nil {
		return nil, err
	}
	c.readProven(doc, p)
	return c, p.err()
}

func read(files fs.FS, name string, into any) (*problems, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", folder, name, err)
	}
	p := &problems{file: folder + name}
	decode(content, into, p)
	return p, p.err()
}

// readProven keeps the proven pairs in order: by authentik, then by Immich.
func (c *Catalogue) readProven(doc provenDocument, p *problems) {
	type entry struct {
		authentik, immich number
		proof             Proof
	}
	var entries []entry
	for _, pair := range doc.Proven {
		authentik, okA := c.listed(Authentik, pair.Authentik, p)
		immich, okI := c.listed(Immich, pair.Immich, p)
		p.date(pair.Guide, pair.Authentik.line)
		p.date(pair.Date, pair.Authentik.line)
		if okA && okI {
			proof := Proof{
				Authentik: authentik.Version, Immich: immich.Version, Guide: pair.Guide.text, Date: pair.Date.text,
				AuthentikDigest: pair.AuthentikDigest.text, ImmichDigest: pair.ImmichDigest.text,
			}
			entries = append(entries, entry{authentik.number, immich.number, proof})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(a.authentik.Compare(b.authentik.Version), a.immich.Compare(b.immich.Version))
	})
	for _, e := range entries {
		c.proven = append(c.proven, e.proof)
	}
}

// listed is the release that a word spells exactly.
func (c *Catalogue) listed(product Product, w word, p *problems) (*Release, bool) {
	r, err := c.Resolve(product, w.text)
	if err != nil || !r.Known || r.Version != w.text {
		p.at(w.line, "%q is not a listed and supported release of %s", w.text, product)
		return nil, false
	}
	return r, true
}

// Releases lists every known release of a product, oldest first, those included that a run refuses.
func (c *Catalogue) Releases(product Product) []*Release {
	var all []*Release
	for i := range c.histories[product].lines {
		line := &c.histories[product].lines[i]
		for _, n := range line.releases {
			all = append(all, c.release(product, line, n))
		}
	}
	return all
}

// Proven lists the pairs that real runs have proven, the newest authentik with the newest Immich last.
func (c *Catalogue) Proven() []Proof { return slices.Clone(c.proven) }

// DefaultPair is what a run takes where nothing is asked for: the newest proven pair, and while there is none, the
// newest release of authentik that is known to ship a guide with the newest release of Immich.
func (c *Catalogue) DefaultPair() (authentik, immich *Release) {
	wanted := Proof{}
	if len(c.proven) > 0 {
		wanted = c.proven[len(c.proven)-1]
	}
	return c.newest(Authentik, func(r *Release) bool { return r.Version == wanted.Authentik || wanted.Authentik == "" && r.Guide != "" }),
		c.newest(Immich, func(r *Release) bool { return r.Version == wanted.Immich || wanted.Immich == "" })
}

// newest is the newest supported release of which ok holds.
func (c *Catalogue) newest(product Product, ok func(*Release) bool) *Release {
	for _, r := range slices.Backward(c.Releases(product)) {
		if r.Unsupported == "" && ok(r) {
			return r
		}
	}
	return nil
}

// release describes one release of a line, listed or not.
func (c *Catalogue) release(product Product, l *knownLine, n number) *Release {
	r := l.at(n).release(product, n)
	r.Guide, r.LineReleased, r.Unsupported, r.Known = l.guide, l.released, l.unsupported, l.lists(n)
	r.Proven = slices.ContainsFunc(c.proven, func(p Proof) bool { return p.Authentik == r.Version || p.Immich == r.Version })
	r.OlderApps, r.NewerApps = c.otherApps(r)
	r.Assumed = l.name
	return r
}
