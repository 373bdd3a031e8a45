package version

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// number is a version as something to compare. Both products fit semantic versioning, authentik's calendar included.
type number struct{ *semver.Version }

// parseNumber reads "2025.8.1", "v2.7.5", "2026.2.0-rc1" or a line such as "2025.8", which counts as its release 0.
func parseNumber(text string) (n number, isLine bool, ok bool) {
	v, err := semver.NewVersion(strings.TrimSpace(text))
	if err != nil {
		return number{}, false, false
	}
	core := v.Original()
	if i := strings.IndexAny(core, "-+"); i >= 0 {
		core = core[:i]
	}
	dots := strings.Count(core, ".")
	return number{v}, dots == 1 && suffix(v) == "", dots == 1 || dots == 2
}

// exact spells the number as the product's image tags do.
func (n number) exact(p Product) string { return prefix(p) + n.String() }

// line is the release line that the number belongs to.
func (n number) line(p Product) string {
	return fmt.Sprintf("%s%d.%d", prefix(p), n.Major(), n.Minor())
}

func prefix(p Product) string {
	if p == Immich {
		return "v"
	}
	return ""
}

func suffix(v *semver.Version) string {
	s := ""
	if v.Prerelease() != "" {
		s += "-" + v.Prerelease()
	}
	if v.Metadata() != "" {
		s += "+" + v.Metadata()
	}
	return s
}

// SameRelease compares the version that a product reports of itself ("2.7.5", "2026.2.0-rc1") with the release. Only
// the numbers decide; suffix is the part behind them that one of the two has and the other has not.
func (r *Release) SameRelease(observed string) (same bool, differs string) {
	n, isLine, ok := parseNumber(observed)
	if !ok || isLine || n.Major() != r.number.Major() || n.Minor() != r.number.Minor() || n.Patch() != r.number.Patch() {
		return false, ""
	}
	seen, wanted := suffix(n.Version), suffix(r.number.Version)
	switch {
	case seen == wanted:
		return true, ""
	case seen != "":
		return true, seen
	default:
		return true, wanted
	}
}

// Matches reports whether the release lies in a range such as ">=2024.8.5 <2025.2 || 2026.2.x". Suffixes do not count.
func (r *Release) Matches(ranges string) (bool, error) {
	c, err := semver.NewConstraint(ranges)
	if err != nil {
		return false, fmt.Errorf("version range %q: %w", ranges, err)
	}
	return c.Check(semver.New(r.number.Major(), r.number.Minor(), r.number.Patch(), "", "")), nil
}
