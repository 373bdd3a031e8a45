package version

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// RangeError says that no release that a run can take lies in a range, and which ones are the nearest.
type RangeError struct {
	Product Product
	Range   string
	Reason  string
	Nearest []string // older ones first; empty where the text is no range at all
}

func (e *RangeError) Error() string {
	text := fmt.Sprintf("%s range %q: %s", e.Product, e.Range, e.Reason)
	if len(e.Nearest) > 0 {
		text += "; nearest known: " + strings.Join(e.Nearest, ", ")
	}
	return text
}

// Select lists the releases in a range such as ">=2024.8.5 <2025.2 || 2026.2", oldest first: those that a run can take,
// and apart from them those that it refuses. An empty range holds all. The error is a *RangeError.
func (c *Catalogue) Select(product Product, ranges string) (taken, refused []*Release, err error) {
	if strings.TrimSpace(ranges) == "" {
		ranges = "*"
	}
	for _, r := range c.Releases(product) {
		within, err := r.Matches(ranges)
		switch {
		case err != nil:
			return nil, nil, &RangeError{Product: product, Range: ranges, Reason: "it is not a range such as '>=2024.8 <2025.2' or '2.7.5 || >=3'"}
		case !within:
		case r.Unsupported != "":
			refused = append(refused, r)
		default:
			taken = append(taken, r)
		}
	}
	if len(taken) > 0 {
		return taken, refused, nil
	}
	e := &RangeError{Product: product, Range: ranges, Reason: "no known release lies in it", Nearest: c.nearestTo(product, ranges)}
	if len(refused) > 0 {
		e.Reason = "a run refuses the releases in it, since " + refused[len(refused)-1].Unsupported
	}
	return nil, refused, e
}

var numberInRange = regexp.MustCompile(`v?[0-9]+(\.[0-9]+)*`)

// nearestTo names the supported releases around each number of a range, oldest first.
func (c *Catalogue) nearestTo(product Product, ranges string) []string {
	h := c.histories[product]
	var all []string
	for _, text := range numberInRange.FindAllString(ranges, -1) {
		if n, _, _ := parseNumber(text); n.Version != nil {
			all = append(all, h.unknown(text, n, "").Nearest...)
		}
	}
	slices.SortFunc(all, Compare)
	return slices.Compact(all)
}

// NewestOfEachLine keeps of releases that run from old to new the last one of each line.
func NewestOfEachLine(releases []*Release) []*Release {
	var kept []*Release
	for i, r := range releases {
		if i == len(releases)-1 || releases[i+1].Line != r.Line {
			kept = append(kept, r)
		}
	}
	return kept
}

// Compare orders two versions of one product, old before new; what is no version comes last, by its text.
func Compare(a, b string) int {
	na, _, okA := parseNumber(a)
	nb, _, okB := parseNumber(b)
	switch {
	case okA && okB:
		return na.Compare(nb.Version)
	case okA:
		return -1
	case okB:
		return 1
	}
	return strings.Compare(a, b)
}
