package report

import (
	"fmt"
	"slices"
	"strings"
)

// Text names what a step replaces.
func (s UpgradeStep) Text() string {
	var parts []string
	for _, c := range s.Changes {
		parts = append(parts, fmt.Sprintf("%s %s → %s", c.Product, c.From, c.To))
	}
	return strings.Join(parts, ", ")
}

// Moved is the checks that an upgrade moved, or did not move, to one outcome.
type Moved struct {
	What   string
	Weight Weight
	Names  []string
}

// Moved is what became of the checks that were judged before and after, without those that passed both times.
func (u *Upgrade) Moved() []Moved {
	var all []Moved
	alike, other := apart(u.Still, u.inherited())
	_, surfaced := apart(u.inherited(), u.Still)
	for _, m := range []Moved{
		{"worked before, fail after", Violating, u.Broken},
		{"worked before, were not judged after", Unjudged, u.Unshown},
		{"failed before, work after", Passed, u.Fixed},
		{"fail before and after", Advice, alike},
		{"failed before, fail after for another reason", Violating, other},
		{"fail after for a reason from before", Advice, surfaced},
	} {
		if len(m.Names) > 0 {
			all = append(all, m)
		}
	}
	return all
}

// apart splits names into those that are on a list and those that are not.
func apart(names, list []string) (on, off []string) {
	for _, name := range names {
		if slices.Contains(list, name) {
			on = append(on, name)
		} else {
			off = append(off, name)
		}
	}
	return on, off
}
