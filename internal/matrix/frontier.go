package matrix

import (
	"fmt"
	"slices"

	"github.com/ssoproof/ssoproof/internal/version"
)

// frontier adds the edges of the matrix on which something is expected to break. It returns what it had to leave out.
func (s *selection) frontier() (notes []string) {
	newestA, newestI := len(s.authentik)-1, len(s.immich)-1
	for a, authentik := range s.authentik {
		s.add(a, newestI, s.mainGuide(authentik), "newest Immich with every authentik")
	}
	for i := range s.immich {
		s.add(newestA, i, s.mainGuide(s.authentik[newestA]), "newest authentik with every Immich")
	}
	if all := s.guidesOf(s.authentik[newestA]); len(all) > 1 {
		for _, g := range all {
			s.add(newestA, newestI, g, "newest pair with every guide")
		}
	}
	s.diagonal()
	s.firstOfEachGuide()
	for _, axis := range [][]*version.Release{s.authentik, s.immich} {
		for _, r := range version.NewestOfEachLine(axis) {
			if r.LineReleased == "" {
				notes = append(notes, fmt.Sprintf("%s is not on the diagonal: the day on which %s came out is not known",
					span(r.Product, []*version.Release{r}), r.Line))
			}
		}
	}
	return notes
}

// diagonal adds what somebody ran who always took the newest of both: one cell for each day on which a release line of
// either came out.
func (s *selection) diagonal() {
	var days []string
	for _, r := range slices.Concat(s.authentik, s.immich) {
		if r.LineReleased != "" {
			days = append(days, r.LineReleased)
		}
	}
	slices.Sort(days) // as texts, which for these is as days
	for _, day := range slices.Compact(days) {
		a, i := currentOn(day, s.authentik), currentOn(day, s.immich)
		if a >= 0 && i >= 0 {
			s.add(a, i, s.mainGuide(s.authentik[a]), "current together from "+day)
		}
	}
}

// currentOn is the place of the newest release whose line was out on a day, -1 where none was.
func currentOn(day string, releases []*version.Release) int {
	for i, r := range slices.Backward(releases) {
		if r.LineReleased != "" && r.LineReleased <= day {
			return i
		}
	}
	return -1
}

// firstOfEachGuide adds, for each revision that a release of authentik shipped, the first of these releases with the
// Immich of that day: the oldest one where none was out yet, the newest where the day is not known.
func (s *selection) firstOfEachGuide() {
	for _, guide := range s.names {
		a := slices.IndexFunc(s.authentik, func(r *version.Release) bool { return r.Guide == guide })
		if a < 0 {
			continue
		}
		i := len(s.immich) - 1
		if day := s.authentik[a].LineReleased; day != "" {
			i = max(0, currentOn(day, s.immich))
		}
		s.add(a, i, guide, "first with guide "+guide)
	}
}
