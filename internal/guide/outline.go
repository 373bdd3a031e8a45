package guide

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// side is the product that a section of the page configures.
type side int

const (
	elsewhere side = iota
	preparation
	authentikSide
	immichSide
)

// entry is a list item, a paragraph or a code block with what is nested below it.
type entry struct {
	side     side
	spans    []span
	children []*entry
}

func (e *entry) text() string { return joined(e.spans) }

// outline is a page as its entries and the lines that each side's sections cover (1-based, inclusive).
type outline struct {
	entries []*entry
	lines   int
	covers  map[side][2]int
}

type builder struct {
	source []byte
	starts []int // offset of each line
	side   side
	outline
}

func newOutline(source []byte) *outline {
	b := &builder{source: source, starts: []int{0}, outline: outline{covers: map[side][2]int{}}}
	for i, c := range source {
		if c == '\n' && i+1 < len(source) {
			b.starts = append(b.starts, i+1)
		}
	}
	b.lines = len(b.starts)
	doc := goldmark.DefaultParser().Parse(text.NewReader(source))
	root := &entry{}
	b.blocks(doc, root)
	b.entries = root.children
	b.cover(b.lines)
	return &b.outline
}

// line is the 1-based line of an offset.
func (b *builder) line(offset int) int {
	return sort.SearchInts(b.starts, offset+1)
}

// cover extends what the current side covers to a line.
func (b *builder) cover(line int) {
	c := b.covers[b.side]
	if c[0] == 0 {
		c[0] = line
	}
	c[1] = max(c[1], line)
	b.covers[b.side] = c
}

// blocks adds the children of a block to an entry. A list that follows a paragraph ending in a colon is nested below
// that paragraph, as a reader takes it.
func (b *builder) blocks(n ast.Node, parent *entry) {
	var intro *entry
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			b.heading(c)
			intro = nil
		case *ast.Paragraph, *ast.TextBlock:
			e := b.add(parent, inlineSpans(b, c))
			intro = nil
			if strings.HasSuffix(strings.TrimSpace(e.text()), ":") {
				intro = e
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			b.add(either(intro, parent), b.codeLines(c))
		case *ast.List:
			b.list(c, either(intro, parent))
		}
	}
}

func either(a, b *entry) *entry {
	if a != nil {
		return a
	}
	return b
}

func (b *builder) add(parent *entry, spans []span) *entry {
	e := &entry{side: b.side, spans: spans}
	parent.children = append(parent.children, e)
	return e
}

// list adds each item; the first paragraph of an item is the item's own text.
func (b *builder) list(list *ast.List, parent *entry) {
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		e := b.add(parent, nil)
		b.blocks(item, e)
		if len(e.children) == 0 {
			continue
		}
		if own := item.FirstChild(); own.Kind() == ast.KindTextBlock || own.Kind() == ast.KindParagraph {
			first := e.children[0]
			e.spans = first.spans
			e.children = append(first.children, e.children[1:]...)
		}
	}
}

func (b *builder) codeLines(n ast.Node) []span {
	var spans []span
	for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
		spans = append(spans, span{text: string(s.Value(b.source)), line: b.line(s.Start)})
	}
	return spans
}

var titleOnly = regexp.MustCompile(`(?i)^what is\b`)

// heading decides which side the following blocks belong to: the product that the heading names first. Deeper
// headings that name none stay with the section above.
func (b *builder) heading(h *ast.Heading) {
	spans := inlineSpans(b, h)
	title := strings.ToLower(joined(spans))
	next := elsewhere
	authentik, immich := strings.Index(title, "authentik"), strings.Index(title, "immich")
	switch {
	case h.Level == 1 || titleOnly.MatchString(title):
	case strings.Contains(title, "preparation"):
		next = preparation
	case authentik >= 0 && (immich < 0 || authentik < immich):
		next = authentikSide
	case immich >= 0:
		next = immichSide
	case h.Level > 2:
		next = b.side
	}
	if i := slices.IndexFunc(spans, func(s span) bool { return s.line > 0 }); i >= 0 {
		b.cover(max(1, spans[i].line-1))
		b.side = next
		b.cover(spans[i].line)
		return
	}
	b.side = next
}
