package matrix

import "slices"

// pair is two values of different axes; the third is none.
type pair = point

const none = -1

// pairwise adds cells until each pair of values that some cell can hold is in one. Every authentik has to meet every
// Immich, so that only the guide of these cells is free: each takes the one that brings the most new pairs. What is
// missing then are pairs with a guide, which get cells of their own.
func (s *selection) pairwise() {
	covered := map[pair]bool{}
	for a, authentik := range s.authentik {
		guides := s.guidesOf(authentik)
		for i := range s.immich {
			best, most := point{}, -1
			for n := range guides { // each cell starts from another one, so that all come in turn where all are as good
				p := point{a, i, slices.Index(s.names, guides[(a+i+n)%len(guides)])}
				if fresh := s.uncovered(p, covered); len(fresh) > most {
					best, most = p, len(fresh)
				}
			}
			s.cover(best, covered)
		}
	}
	for g := range s.names {
		s.coverGuide(g, covered)
	}
}

// coverGuide adds the cells that a guide still lacks, with a lacking authentik and a lacking Immich at once.
func (s *selection) coverGuide(g int, covered map[pair]bool) {
	var able, lackingA, lackingI []int
	for a, authentik := range s.authentik {
		if !slices.Contains(s.guidesOf(authentik), s.names[g]) {
			continue
		}
		able = append(able, a)
		if !covered[pair{a, none, g}] {
			lackingA = append(lackingA, a)
		}
	}
	for i := range s.immich {
		if !covered[pair{none, i, g}] {
			lackingI = append(lackingI, i)
		}
	}
	for n := range max(len(lackingA), len(lackingI)) {
		a, i := able[len(able)-1], len(s.immich)-1
		if n < len(lackingA) {
			a = lackingA[n]
		}
		if n < len(lackingI) {
			i = lackingI[n]
		}
		s.cover(point{a, i, g}, covered)
	}
}

// uncovered names the pairs of a cell that no cell holds yet.
func (s *selection) uncovered(p point, covered map[pair]bool) []string {
	var fresh []string
	if !covered[pair{p.authentik, p.immich, none}] {
		fresh = append(fresh, "authentik with Immich")
	}
	if !covered[pair{p.authentik, none, p.guide}] {
		fresh = append(fresh, "authentik with guide")
	}
	if !covered[pair{none, p.immich, p.guide}] {
		fresh = append(fresh, "Immich with guide")
	}
	return fresh
}

// cover adds a cell for the pairs that it is the first to hold.
func (s *selection) cover(p point, covered map[pair]bool) {
	for _, reason := range s.uncovered(p, covered) {
		s.add(p.authentik, p.immich, s.names[p.guide], reason)
	}
	covered[pair{p.authentik, p.immich, none}] = true
	covered[pair{p.authentik, none, p.guide}] = true
	covered[pair{none, p.immich, p.guide}] = true
}
