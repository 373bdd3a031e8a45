package mistake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/diagnose"
)

// Render is docs/causes.md: every cause, how it is proven on doubles, and on which real products.
func Render(texts []diagnose.Text, kept []Proof) string {
	var b strings.Builder
	b.WriteString(`# Causes

What a run names when checks do not pass, and what to change. ` + "`ssoproof explain CAUSE`" + ` says the same. This page is written by
` + "`make causes`" + `, which makes each mistake on a pair of doubles, or with ` + "`ARGS=\"-stack containers\"`" + ` on the products. In brackets
stands where the mistake is made: in the page that a run applies, in the settings of a product, in the app, on the wire, in how
a product is started, in a double or on the machine; or before a running pair that the doctor is asked about (live).

| cause | side | proven by the mistake | on real products |
| --- | --- | --- | --- |
`)
	texts = slices.Clone(texts)
	slices.SortFunc(texts, func(a, b diagnose.Text) int { return cmp.Compare(a.ID, b.ID) })
	for _, t := range texts {
		names, pairs := proofsOf(t.ID, kept)
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", t.ID, anchor(t.ID), t.Side, names, pairs)
	}
	for _, t := range texts {
		fmt.Fprintf(&b, "\n## %s\n\n**%s.** %s\n\n- **Change:** %s\n", t.ID, plain(t.Title), plain(t.Explanation), plain(t.Fix.Text))
		for _, line := range [][2]string{{"In the product", t.Fix.UI}, {"By the API", t.Fix.API}, {"To tell it from others", t.Tell}, {"Releases", t.Releases}} {
			if line[1] != "" && line[1] != "-" {
				fmt.Fprintf(&b, "- **%s:** %s\n", line[0], plain(line[1]))
			}
		}
		for _, link := range t.Links {
			fmt.Fprintf(&b, "- <%s>\n", link)
		}
	}
	return b.String()
}

// proofsOf are the mistakes that prove a cause, and the real products that did so, or why they cannot.
func proofsOf(cause string, kept []Proof) (names, pairs string) {
	var mistakes, real []string
	for _, m := range All() {
		if m.Want.Cause != cause {
			continue
		}
		mistakes = append(mistakes, m.Name+" ("+m.How+")")
		if why := m.notReal(kept); why != "" {
			real = append(real, why)
		}
		for _, p := range kept {
			if p.Mistake == m.Name {
				mark := ""
				if !slices.Equal(p.Got, []string{m.Want.String()}) { // also where it was right once
					mark = ", named " + strings.Join(p.Got, " and ")
				}
				real = append(real, p.Mistake+" on "+p.Pair+mark)
			}
		}
	}
	return cmp.Or(strings.Join(mistakes, ", "), "not proven: "+Unmade[cause]), cmp.Or(strings.Join(real, "<br>"), "-")
}

// notReal says why a mistake has not been made in real products; empty: nothing keeps it from being made.
func (m Mistake) notReal(kept []Proof) string {
	release := strings.Join(slices.DeleteFunc([]string{"authentik " + m.Authentik, "Immich " + m.Immich}, func(s string) bool { return strings.HasSuffix(s, " ") }), " and ")
	switch {
	case m.DoublesOnly != "":
		return m.Name + " on doubles alone: " + m.DoublesOnly
	case release != "" && !slices.ContainsFunc(kept, func(p Proof) bool { return p.Mistake == m.Name }):
		return m.Name + " takes " + release
	}
	return ""
}

func anchor(id string) string { return strings.ReplaceAll(id, ".", "") }

// plain shows what is filled in by its name.
func plain(text string) string { return diagnose.Plain(text) }
