package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
)

// condition is a truth that can be always or never so, and whose parts can be left out.
func (f *finder) condition(e ast.Expr, what string) {
	e = ast.Unparen(e)
	always, never := f.edit(e, what+" → always"), f.edit(e, what+" → never")
	f.around(e, fmt.Sprintf("(%s.On(%d) || !%s.On(%d) && (", switches, always, switches, never), "))")
	f.parts(e)
}

// parts looks at what a condition is made of.
func (f *finder) parts(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		f.parts(e.X)
	case *ast.UnaryExpr:
		f.parts(e.X)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			f.part(e.X, e.Op)
			f.part(e.Y, e.Op)
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			f.boundary(e)
		default: // another constant to compare with is a condition that never holds
			f.compared(e.X)
			f.compared(e.Y)
		}
	case *ast.CallExpr:
		f.call(e, nil)
	case *ast.SelectorExpr:
		f.walk(e.X)
	case *ast.IndexExpr:
		f.walk(e.X)
	}
}

// part is an operand, which can be left out. One of the same operator is looked at by its own operands.
func (f *finder) part(e ast.Expr, of token.Token) {
	if known, _ := f.faultless(e); known {
		return
	}
	inner := ast.Unparen(e)
	if b, ok := inner.(*ast.BinaryExpr); ok && b.Op == of {
		f.parts(b)
		return
	}
	id := f.edit(e, "without "+f.words(e)+" in a condition")
	if of == token.LAND {
		f.around(e, fmt.Sprintf("(%s.On(%d) || (", switches, id), "))")
	} else {
		f.around(e, fmt.Sprintf("(!%s.On(%d) && (", switches, id), "))")
	}
	f.parts(inner)
}

var weaker = map[token.Token]token.Token{token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR}

// boundary is a comparison of sizes, which can take in its boundary or leave it out.
func (f *finder) boundary(e *ast.BinaryExpr) {
	other := f.words(e.X) + " " + weaker[e.Op].String() + " " + f.words(e.Y)
	if f.words(e.Y) == "0" { // of a length or a place: nobody is there
		f.compared(e.X)
		return
	}
	id := f.edit(e, f.words(e)+" → "+weaker[e.Op].String())
	f.around(e, fmt.Sprintf("(%s.On(%d) && %s || !%s.On(%d) && (", switches, id, other, switches, id), "))")
	f.walk(e.X)
	f.walk(e.Y)
}

func (f *finder) compared(e ast.Expr) {
	if f.double.info.Types[e].Value == nil {
		f.walk(e)
	}
}

func isNil(e ast.Expr, op token.Token) bool {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op != op {
		return false
	}
	x, isErr := b.X.(*ast.Ident)
	y, isNil := b.Y.(*ast.Ident)
	return isErr && isNil && x.Name == "err" && y.Name == "nil"
}

// faultless is what a condition comes to while no fault is switched on, where that alone decides.
func (f *finder) faultless(e ast.Expr) (known, holds bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		s, ok := e.X.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "faults", false
	case *ast.CallExpr:
		s, ok := e.Fun.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "faulty", false
	case *ast.UnaryExpr:
		known, holds = f.faultless(e.X)
		return known && e.Op == token.NOT, !holds
	case *ast.BinaryExpr:
		if e.Op != token.LAND && e.Op != token.LOR {
			return false, false
		}
		decides := e.Op == token.LOR // the value of one operand that decides
		knownX, x := f.faultless(e.X)
		knownY, y := f.faultless(e.Y)
		if knownX && x == decides || knownY && y == decides {
			return true, decides
		}
		return knownX && knownY, !decides
	}
	return false, false
}
