package run

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// The orders in which an upgrade replaces the two products.
const (
	Together       = "together"
	AuthentikFirst = "authentik-first"
	ImmichFirst    = "immich-first"
)

// UpgradeOptions are what a person can say about an upgrade; the versions of the embedded options are not used.
type UpgradeOptions struct {
	Options
	From, To string   // AUTHENTIK,IMMICH
	Via      []string // versions of either product to go through
	Order    string

	silent string // a pair file that does not name both versions that it was captured from
}

// pair is what runs at one time.
type pair struct{ authentik, immich *version.Release }

func (p pair) of(product version.Product) *version.Release {
	if product == version.Immich {
		return p.immich
	}
	return p.authentik
}

// changes are the products whose releases differ.
func (p pair) changes(next pair) []version.Product {
	var changed []version.Product
	for _, product := range bothProducts() {
		if p.of(product).Version != next.of(product).Version {
			changed = append(changed, product)
		}
	}
	return changed
}

func bothProducts() []version.Product { return []version.Product{version.Authentik, version.Immich} }

// path is every pair of an upgrade, the first and the last included, and what is to be said about it.
func (o UpgradeOptions) path() (pairs []pair, advice []string, err error) {
	catalogue, err := version.Load()
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains([]string{Together, AuthentikFirst, ImmichFirst}, o.Order) {
		return nil, nil, usage("--order %s: want %s, %s or %s", o.Order, Together, AuthentikFirst, ImmichFirst)
	}
	from, fromErr := o.readFrom(catalogue)
	to, toErr := readPair(catalogue, "--to", o.To)
	if err := errors.Join(fromErr, toErr); err != nil {
		return nil, nil, err
	}
	if len(from.changes(to)) == 0 {
		return nil, nil, usage("--to %s: it is the pair of --from, so there is nothing to upgrade", o.To)
	}
	via, err := o.via(catalogue)
	if err != nil {
		return nil, nil, err
	}
	ways := map[version.Product][]*version.Release{}
	var mistakes []error
	for _, product := range bothProducts() {
		way, err := wayOf(from.of(product), to.of(product), via)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		way, asked, err := wayAsked(catalogue, way)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		advice, ways[product] = append(advice, asked...), way[1:]
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, nil, err
	}
	return steps(from, ways[version.Authentik], ways[version.Immich], o.Order), advice, nil
}

// readFrom reads the first pair. Where it is missing, what could have named it says why it does not.
func (o UpgradeOptions) readFrom(catalogue *version.Catalogue) (pair, error) {
	if o.From == "" && o.silent != "" {
		return pair{}, usage("--from is missing, and %s does not say of which versions of authentik and Immich it is; name them, AUTHENTIK,IMMICH", o.silent)
	}
	return readPair(catalogue, "--from", o.From)
}

// readPair reads AUTHENTIK,IMMICH.
func readPair(catalogue *version.Catalogue, flag, text string) (pair, error) {
	first, second, two := strings.Cut(text, ",")
	switch {
	case text == "":
		return pair{}, usage("%s is missing: name a pair, AUTHENTIK,IMMICH", flag)
	case !two || strings.Contains(second, ","):
		return pair{}, usage("%s %s: want one version of each, AUTHENTIK,IMMICH, such as 2025.8.1,v2.7.5", flag, text)
	case productOf(strings.TrimSpace(first)) == version.Immich:
		return pair{}, usage("%s %s: want authentik's version first, then Immich's", flag, text)
	}
	authentik, errA := catalogue.Resolve(version.Authentik, strings.TrimSpace(first))
	immich, errI := catalogue.Resolve(version.Immich, strings.TrimSpace(second))
	var mistakes []error
	for _, err := range []error{errA, errI} {
		if err != nil {
			mistakes = append(mistakes, &UsageError{fmt.Errorf("%s: %w", flag, err)})
		}
	}
	return pair{authentik, immich}, errors.Join(mistakes...)
}

// productOf recognises a version by its form: Immich's begin with a letter.
func productOf(text string) version.Product {
	if strings.HasPrefix(text, "v") {
		return version.Immich
	}
	return version.Authentik
}

// readVia reads a version of either product, recognised by its form or named before it: immich=2.5.6.
func readVia(catalogue *version.Catalogue, text string) (*version.Release, error) {
	product := productOf(text)
	name, number, named := strings.Cut(text, "=")
	if named {
		if product = version.Product(name); !slices.Contains(bothProducts(), product) {
			return nil, usage("--via %s: there is no product %q; name %s or %s", text, name, version.Authentik, version.Immich)
		}
		text = number
	}
	r, err := catalogue.Resolve(product, text)
	if err != nil {
		return nil, &UsageError{fmt.Errorf("--via: %w", err)}
	}
	return r, nil
}

// via are the releases to go through, of both products.
func (o UpgradeOptions) via(catalogue *version.Catalogue) ([]*version.Release, error) {
	var all []*version.Release
	var mistakes []error
	for _, text := range o.Via {
		r, err := readVia(catalogue, text)
		all, mistakes = append(all, r), append(mistakes, err)
	}
	return all, errors.Join(mistakes...)
}

// wayOf is one product's releases in order, from the first to the last.
func wayOf(from, to *version.Release, through []*version.Release) ([]*version.Release, error) {
	if from.Compare(to) > 0 {
		return nil, usage("--to: %s is older than %s, and neither product can be downgraded", to, from.Version)
	}
	way := []*version.Release{from}
	for _, via := range through {
		if via.Product == from.Product {
			way = append(way, via)
		}
	}
	slices.SortStableFunc(way[1:], (*version.Release).Compare)
	for i, via := range way[1:] {
		switch {
		case from.Compare(via) >= 0 || via.Compare(to) >= 0:
			return nil, usage("--via %s: it does not lie between %s and %s", via.Version, from, to.Version)
		case way[i].Compare(via) == 0:
			return nil, usage("--via %s is named twice", via.Version)
		}
	}
	if from.Version != to.Version {
		way = append(way, to)
	}
	return way, nil
}

// steps lays the two ways side by side: together, so that both arrive with the last step, or one after the other.
func steps(from pair, authentik, immich []*version.Release, order string) []pair {
	pairs := []pair{from}
	now := from
	move := func(a, i *version.Release) {
		if a != nil {
			now.authentik = a
		}
		if i != nil {
			now.immich = i
		}
		pairs = append(pairs, now)
	}
	switch order {
	case AuthentikFirst:
		for _, a := range authentik {
			move(a, nil)
		}
		for _, i := range immich {
			move(nil, i)
		}
	case ImmichFirst:
		for _, i := range immich {
			move(nil, i)
		}
		for _, a := range authentik {
			move(a, nil)
		}
	default:
		for left := max(len(authentik), len(immich)); left > 0; left-- {
			move(nth(authentik, left), nth(immich, left))
		}
	}
	return pairs
}

// nth is the release so many steps before the end of a way; nil where the way is shorter.
func nth(way []*version.Release, left int) *version.Release {
	if left > len(way) {
		return nil
	}
	return way[len(way)-left]
}
