package version

import (
	"fmt"
	"strings"
)

// UnknownVersionError says that a version names no release that a run can take, and which ones would do.
type UnknownVersionError struct {
	Product Product
	Text    string   // what was asked for
	Reason  string   // why not
	Nearest []string // the nearest releases that a run can take, older ones first; never empty
}

func (e *UnknownVersionError) Error() string {
	return fmt.Sprintf("%s version %q: %s; nearest known: %s", e.Product, e.Text, e.Reason, strings.Join(e.Nearest, ", "))
}

// Resolve finds the release that a text names: a listed release ("2025.8.1", "v2.7.5", "2.7.5"), a line for its newest
// listed release ("2025.8"), or a full version that the facts do not list, of a known line or newer than all lines,
// which is then not Known. For everything else the error is an *UnknownVersionError.
func (c *Catalogue) Resolve(product Product, text string) (*Release, error) {
	h, ok := c.histories[product]
	if !ok {
		return nil, fmt.Errorf("%q is not a product; there are %s and %s", product, Authentik, Immich)
	}
	n, isLine, ok := parseNumber(text)
	if !ok || n.Metadata() != "" {
		newest := h.lines[len(h.lines)-1]
		reason := fmt.Sprintf("it is neither a version such as %s nor a line such as %s", newest.newest().exact(product), newest.name)
		return nil, h.unknown(text, newest.newest(), reason)
	}
	found, reason := h.find(n, isLine)
	switch {
	case found == nil:
		return nil, h.unknown(text, n, reason)
	case found.unsupported != "":
		return nil, h.unknown(text, n, found.unsupported)
	case isLine:
		n = found.newest()
	}
	return c.release(h.product, found, n), nil
}

// find is the line whose facts hold for a number, or the reason why there is none.
func (h *history) find(n number, isLine bool) (found *knownLine, reason string) {
	for i := range h.lines {
		if h.lines[i].name == n.line(h.product) {
			return &h.lines[i], ""
		}
	}
	newest := &h.lines[len(h.lines)-1]
	switch {
	case n.LessThan(h.lines[0].number.Version):
		return nil, "it is older than everything that is known"
	case n.LessThan(newest.number.Version):
		return nil, "no such release is known"
	case isLine:
		return nil, "this line is newer than everything that is known, so the full version is needed"
	default:
		return newest, ""
	}
}

// unknown names the supported releases on both sides of the number.
func (h *history) unknown(text string, n number, reason string) *UnknownVersionError {
	var below, above string
	for _, l := range h.lines {
		for _, r := range l.releases {
			switch {
			case l.unsupported != "":
			case r.GreaterThan(n.Version) && above == "":
				above = r.exact(h.product)
			case !r.GreaterThan(n.Version):
				below = r.exact(h.product)
			}
		}
	}
	e := &UnknownVersionError{Product: h.product, Text: text, Reason: reason}
	for _, near := range []string{below, above} {
		if near != "" {
			e.Nearest = append(e.Nearest, near)
		}
	}
	return e
}
