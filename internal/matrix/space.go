package matrix

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/version"
)

// space is what cells are chosen from: releases from old to new, and guides in the order of Guides.
type space struct {
	authentik, immich []*version.Release
	guides            []string
}

// guidesOf are the guides that a release of authentik is judged by.
func (s *space) guidesOf(authentik *version.Release) []string {
	var all []string
	for _, g := range s.guides {
		if g == Shipped {
			g = authentik.Guide
		}
		if g != "" && !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}

// mainGuide is the one guide of a release where only one is wanted: its own where that takes part, else the newest.
func (s *space) mainGuide(authentik *version.Release) string {
	all := s.guidesOf(authentik)
	if slices.Contains(all, authentik.Guide) {
		return authentik.Guide
	}
	return all[len(all)-1]
}

// allGuides are the guides of all releases, in the order of the space: shipped ones as their releases came out.
func (s *space) allGuides() []string {
	var all []string
	for _, g := range s.guides {
		if g != Shipped {
			all = append(all, g)
			continue
		}
		for _, r := range s.authentik {
			if r.Guide != "" {
				all = append(all, r.Guide)
			}
		}
	}
	return sortGuides(all)
}

// point is a cell by the places of its parts on the axes of a space; guide is a place in allGuides.
type point struct{ authentik, immich, guide int }

// selection gathers the cells of a strategy with the reasons for each.
type selection struct {
	*space
	names   []string // of guides
	reasons map[point][]string
}

func newSelection(s *space) *selection {
	return &selection{space: s, names: s.allGuides(), reasons: map[point][]string{}}
}

// add takes a cell in, or adds a reason to it.
func (s *selection) add(authentik, immich int, guide, reason string) {
	p := point{authentik, immich, slices.Index(s.names, guide)}
	if !slices.Contains(s.reasons[p], reason) {
		s.reasons[p] = append(s.reasons[p], reason)
	}
}

// cells are all that were added, in order.
func (s *selection) cells() []Cell {
	var all []Cell
	for a, authentik := range s.authentik {
		for i, immich := range s.immich {
			for g, guide := range s.names {
				if reasons := s.reasons[point{a, i, g}]; reasons != nil {
					all = append(all, Cell{Authentik: authentik.Version, Immich: immich.Version, Guide: guide, Reasons: reasons})
				}
			}
		}
	}
	return all
}

// full adds every cell.
func (s *selection) full() {
	for a, authentik := range s.authentik {
		for i := range s.immich {
			for _, g := range s.guidesOf(authentik) {
				s.add(a, i, g, "every combination")
			}
		}
	}
}
