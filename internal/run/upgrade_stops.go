package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

// wayAsked is a product's way with the releases without which it does not start, and what is to be said about it: what was
// taken, and what the product advises beside that.
func wayAsked(catalogue *version.Catalogue, named []*version.Release) (way []*version.Release, said []string, err error) {
	way = named[:1:1]
	var advice []string
	for i, to := range named[1:] {
		from := named[i]
		needed, why, err := stops(catalogue, from, to, func(s version.Stop) bool { return s.Refuses })
		if err != nil {
			return nil, nil, err
		}
		if len(needed) > 0 {
			said = append(said, fmt.Sprintf("from %s to %s by way of %s: %s", from, to.Version, versions(needed, ", ", ""), why))
		}
		for _, next := range append(slices.Clone(needed), to) {
			advised, why, err := stops(catalogue, way[len(way)-1], next, func(version.Stop) bool { return true })
			if err != nil {
				return nil, nil, err
			}
			if len(advised) > 0 {
				advice = append(advice, fmt.Sprintf("from %s to %s: %s; add %s to go that way", way[len(way)-1], next.Version, why, versions(advised, " ", "--via ")))
			}
			way = append(way, next)
		}
	}
	return way, append(said, advice...), nil
}

// stops are the releases that are asked for between two, of those that count, and why.
func stops(catalogue *version.Catalogue, from, to *version.Release, counts func(version.Stop) bool) (all []*version.Release, why string, err error) {
	var reasons []string
	way := []*version.Release{from, to}
	for i := 0; i+1 < len(way); {
		asked := catalogue.Leaps(way[i], way[i+1])
		at := slices.IndexFunc(asked, counts)
		if at < 0 {
			i++
			continue
		}
		stop := asked[at]
		if !slices.Contains(reasons, stop.Why) {
			reasons = append(reasons, stop.Why)
		}
		via, err := catalogue.Resolve(from.Product, stop.Via)
		if err != nil || way[i].Compare(via) >= 0 || via.Compare(way[i+1]) >= 0 {
			return nil, "", usage("from %s to %s: %s; %s, which it asks for, is not known here", from, to.Version, stop.Why, stop.Via)
		}
		way = slices.Insert(way, i+1, via)
	}
	return way[1 : len(way)-1], strings.Join(reasons, "; "), nil
}

// versions lists releases.
func versions(releases []*version.Release, between, before string) string {
	texts := make([]string, len(releases))
	for i, r := range releases {
		texts[i] = before + r.Version
	}
	return strings.Join(texts, between)
}
