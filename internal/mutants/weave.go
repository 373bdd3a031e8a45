package mutants

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// insertion is text that goes before or behind a node, so that those of nested nodes nest.
type insertion struct {
	offset int
	length int // of the node
	number int // of the node's insertions: the first is the outermost
	behind bool
	text   string
}

// around puts text before and behind a node.
func (f *finder) around(n ast.Node, before, behind string) {
	from, to := f.offset(n.Pos()), f.offset(n.End())
	number := len(f.insertions)
	f.insertions = append(f.insertions, insertion{from, to - from, number, false, before}, insertion{to, to - from, number, true, behind})
}

// at puts text at a place between nodes.
func (f *finder) at(pos token.Pos, text string) {
	f.insertions = append(f.insertions, insertion{offset: f.offset(pos), text: text})
}

// woven is the file with all edits. No line moves.
func (f *finder) woven() []byte {
	f.at(f.file.Name.End(), "; import "+switches+" \""+module+"internal/mutants/active\"")
	slices.SortStableFunc(f.insertions, func(a, b insertion) int {
		switch {
		case a.offset != b.offset:
			return cmp.Compare(a.offset, b.offset)
		case a.behind != b.behind && a.behind:
			return -1
		case a.behind != b.behind:
			return 1
		case a.behind:
			return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(b.number, a.number))
		}
		return cmp.Or(cmp.Compare(b.length, a.length), cmp.Compare(a.number, b.number))
	})
	var out bytes.Buffer
	done := 0
	for _, i := range f.insertions {
		out.Write(f.text[done:i.offset])
		out.WriteString(i.text)
		done = i.offset
	}
	out.Write(f.text[done:])
	return out.Bytes()
}

func (f *finder) offset(pos token.Pos) int { return f.double.fset.Position(pos).Offset }

// words is a node's text on one line.
func (f *finder) words(n ast.Node) string {
	return strings.Join(strings.Fields(string(f.text[f.offset(n.Pos()):f.offset(n.End())])), " ")
}
