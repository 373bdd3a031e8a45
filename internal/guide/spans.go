package guide

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// span is a piece of inline text on one line of the page. Code is set for code spans and for what HTML marks as
// code or keyboard input: text to be typed as it stands.
type span struct {
	text string
	code bool
	line int
}

func joined(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// after drops the first n bytes of the text.
func after(spans []span, n int) []span {
	for i, s := range spans {
		if n < len(s.text) {
			s.text = s.text[n:]
			return append([]span{s}, spans[i+1:]...)
		}
		n -= len(s.text)
	}
	return nil
}

var (
	codeTag     = regexp.MustCompile(`(?i)^<(/?)(?:kbd|code)\s*>$`)
	markupTag   = regexp.MustCompile(`(?i)^(<!--|</?(a|b|br|em|i|span|strong|sub|sup|u)\b)`)
	slugExample = regexp.MustCompile(`(?i)<[a-z _-]*slug>`)
	slugName    = regexp.MustCompile(`(?i)^[a-z _-]*slug$`)
)

// inliner collects the spans of one block.
type inliner struct {
	b     *builder
	spans []span
	code  bool // inside <kbd> or <code>
	em    bool // inside <em>, or Markdown emphasis
	glue  bool // the next text continues the last span
}

func inlineSpans(b *builder, block ast.Node) []span {
	in := inliner{b: b}
	in.walk(block)
	for i, s := range in.spans {
		if s.code {
			in.spans[i].text = slugExample.ReplaceAllString(strings.TrimSpace(s.text), SlugTemplate)
		}
	}
	return in.spans
}

func (in *inliner) walk(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			in.text(n)
		case *ast.CodeSpan:
			in.codeSpan(n)
		case *ast.AutoLink:
			in.add(string(n.URL(in.b.source)), n.Pos())
		case *ast.RawHTML:
			in.html(n)
		case *ast.Image:
		case *ast.Emphasis:
			outer := in.em
			in.em = true
			in.walk(n)
			in.em = outer
		default:
			in.walk(n)
		}
	}
}

func (in *inliner) text(n *ast.Text) {
	value := util.UnescapePunctuations(n.Segment.Value(in.b.source))
	value = util.ResolveEntityNames(util.ResolveNumericReferences(value))
	in.add(string(value), n.Segment.Start)
	if n.SoftLineBreak() || n.HardLineBreak() {
		in.add("\n", n.Segment.Start)
		in.glue = in.code // a value that is wrapped stays one value; prose is split, so that each span knows its line
	}
}

// add appends text to the last span where both are of the same kind and line.
func (in *inliner) add(text string, offset int) {
	if in.em && in.code && slugName.MatchString(text) {
		text = SlugTemplate
	}
	if last := len(in.spans) - 1; in.glue && in.spans[last].code == in.code {
		in.spans[last].text += text
		return
	}
	in.spans = append(in.spans, span{text: text, code: in.code, line: in.b.line(max(offset, 0))})
	in.glue = true
}

func (in *inliner) codeSpan(n *ast.CodeSpan) {
	var value strings.Builder
	start := -1
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			if start < 0 {
				start = t.Segment.Start
			}
			value.Write(t.Segment.Value(in.b.source))
		}
	}
	text := strings.ReplaceAll(value.String(), "\n", " ")
	in.spans = append(in.spans, span{text: text, code: true, line: in.b.line(max(start, 0))})
	in.glue = false
}

// html follows the tags that mark a value, drops those that only format, and keeps anything else as text: what looks
// like a tag in prose is a placeholder, <application-slug>.
func (in *inliner) html(n *ast.RawHTML) {
	segments := n.Segments.Sliced(0, n.Segments.Len())
	if len(segments) == 0 {
		return
	}
	tag := string(n.Segments.Value(in.b.source))
	if m := codeTag.FindStringSubmatch(tag); m != nil {
		in.code, in.glue = m[1] == "", false
		return
	}
	switch {
	case strings.EqualFold(tag, "<em>"):
		in.em = true
	case strings.EqualFold(tag, "</em>"):
		in.em = false
	case !markupTag.MatchString(tag):
		in.add(tag, segments[0].Start)
	}
}
