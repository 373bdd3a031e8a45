package version

import (
	"cmp"
	"fmt"
	"slices"
)

// upgradeRule is what a product asks of the way to its newer releases.
type upgradeRule struct {
	To        word   `yaml:"to"`         // the first release that asks for it
	Since     word   `yaml:"since"`      // the oldest release that may be followed by it directly
	Stop      word   `yaml:"stop"`       // the release to go through, for older ones
	EveryLine bool   `yaml:"every_line"` // no release line may be left out
	Refuses   bool   `yaml:"refuses"`    // else it is advice
	Why       string `yaml:"why"`
}

type knownRule struct {
	to, since number
	stop      string
	everyLine bool
	refuses   bool
	why       string
}

// Stop is a release that one step of an upgrade leaps over although the product asks for it.
type Stop struct {
	Via     string // the release to go through first
	Why     string
	Refuses bool // the product does not start without; else it is the product's advice
}

func readRules(product Product, written []upgradeRule, p *problems) []knownRule {
	var rules []knownRule
	for _, w := range written {
		rule := knownRule{everyLine: w.EveryLine, refuses: w.Refuses, why: w.Why}
		rule.to = ruleNumber(product, w.To, w.To.line, p)
		switch {
		case w.Why == "":
			p.at(w.To.line, "an upgrade rule needs \"why\"")
		case w.EveryLine != (w.Since.text == "" && w.Stop.text == ""):
			p.at(w.To.line, "an upgrade rule needs either \"every_line\" or \"since\" and \"stop\"")
		case !w.EveryLine:
			rule.since = ruleNumber(product, w.Since, w.To.line, p)
			rule.stop = ruleNumber(product, w.Stop, w.To.line, p).spelt(product)
		}
		rules = append(rules, rule)
	}
	return rules
}

// ruleNumber reads an exact version, which need not be listed. near is the line to name where it is missing.
func ruleNumber(product Product, w word, near int, p *problems) number {
	n, isLine, ok := parseNumber(w.text)
	if !ok || isLine || n.exact(product) != w.text {
		p.at(cmp.Or(w.line, near), "%q is not an exact version of %s", w.text, product)
		return number{}
	}
	return n
}

func (n number) spelt(product Product) string {
	if n.Version == nil {
		return ""
	}
	return n.exact(product)
}

// Compare tells which of two releases of a product is the newer one: negative where r is older than other.
func (r *Release) Compare(other *Release) int { return r.number.Compare(other.number.Version) }

// Leaps lists what one step from a release to a newer one leaps over, what the product refuses first. Lines of which
// no release is known are not missed.
func (c *Catalogue) Leaps(from, to *Release) []Stop {
	h := c.histories[from.Product]
	var stops []Stop
	for _, rule := range h.upgrades {
		if rule.to.Version == nil || to.number.LessThan(rule.to.Version) || !from.number.LessThan(rule.to.Version) && !rule.everyLine {
			continue
		}
		if via := h.leapt(rule, from, to); via != "" {
			stops = append(stops, Stop{Via: via, Why: rule.why, Refuses: rule.refuses})
		}
	}
	slices.SortStableFunc(stops, func(a, b Stop) int {
		switch {
		case a.Refuses == b.Refuses:
			return 0
		case a.Refuses:
			return -1
		}
		return 1
	})
	return stops
}

// leapt is the release that a rule asks for on the way, or "".
func (h *history) leapt(rule knownRule, from, to *Release) string {
	if !rule.everyLine {
		if from.number.LessThan(rule.since.Version) {
			return rule.stop
		}
		return ""
	}
	for i := range h.lines {
		l := &h.lines[i]
		if l.number.GreaterThan(from.number.Version) && l.name != from.Line && l.newest().LessThan(to.number.Version) && l.name != to.number.line(h.product) {
			return l.newest().exact(h.product)
		}
	}
	return ""
}

// String names a release as people do.
func (r *Release) String() string {
	if r.Product == Immich {
		return "Immich " + r.Version
	}
	return fmt.Sprintf("%s %s", r.Product, r.Version)
}
