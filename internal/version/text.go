package version

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes what "ssoproof versions" shows: the default pair, the proven pairs and the lines of both products.
func (c *Catalogue) WriteText(w io.Writer) error {
	out := &strings.Builder{}
	authentik, immich := c.DefaultPair()
	state := "the newest proven pair"
	if len(c.proven) == 0 {
		state = "no pair is proven yet"
	}
	fmt.Fprintf(out, "Default: authentik %s with Immich %s, guide %s (%s)\n", authentik.Version, immich.Version, authentik.Guide, state)
	for _, p := range c.proven {
		fmt.Fprintf(out, "Proven:  authentik %s with Immich %s, guide %s, on %s\n", p.Authentik, p.Immich, p.Guide, p.Date)
	}
	for _, product := range []Product{Authentik, Immich} {
		c.writeProduct(out, product)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, out.String()); err != nil {
		return fmt.Errorf("write versions: %w", err)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write versions: %w", err)
	}
	return nil
}

func (c *Catalogue) writeProduct(out *strings.Builder, product Product) {
	h := c.histories[product]
	column := "GUIDE"
	if product == Immich {
		column = "APP"
	}
	fmt.Fprintf(out, "\n%s\nLINE\tRELEASES\t%s\tCHANGES\n", product, column)
	h.writeUnsupported(out)
	before := state{}
	for _, l := range h.lines {
		if l.unsupported != "" {
			continue
		}
		now := l.epochs[0].state
		detail := l.guide
		if len(now.apps) > 0 {
			detail = now.apps[0].Name
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", l.name, span(product, l.releases), dash(detail), dash(difference(before, now)))
		for _, e := range l.epochs[1:] {
			fmt.Fprintf(out, "\tfrom %s\t\t%s\n", e.from.exact(product), dash(difference(now, e.state)))
			now = e.state
		}
		before = l.epochs[0].state
	}
}

// writeUnsupported writes lines that share a reason as one.
func (h *history) writeUnsupported(out *strings.Builder) {
	for i := 0; i < len(h.lines); {
		j := i
		var all []number
		for ; j < len(h.lines) && h.lines[j].unsupported == h.lines[i].unsupported; j++ {
			all = append(all, h.lines[j].releases...)
		}
		if reason := h.lines[i].unsupported; reason != "" {
			fmt.Fprintf(out, "-\t%s\t-\tnot supported: %s\n", span(h.product, all), reason)
		}
		i = j
	}
}

// span is "2025.8.0 … 2025.8.6".
func span(product Product, releases []number) string {
	first, last := releases[0].exact(product), releases[len(releases)-1].exact(product)
	if first == last {
		return first
	}
	return first + " … " + last
}

// difference is "+feature -feature service:tag", in the order of Features and then by service.
func difference(before, after state) string {
	var changed []string
	for _, info := range Features() {
		switch was, is := before.features[info.Feature], after.features[info.Feature]; {
		case is && !was:
			changed = append(changed, "+"+string(info.Feature))
		case was && !is:
			changed = append(changed, "-"+string(info.Feature))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(merged(before.services, after.services))) {
		was, is := before.services[name].Image, after.services[name].Image
		switch {
		case is == "":
			changed = append(changed, "-"+name)
		case is != was:
			changed = append(changed, name+is[strings.LastIndex(is, ":"):])
		}
	}
	return strings.Join(changed, " ")
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
