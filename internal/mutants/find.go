package mutants

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// switches is the name of the package active in an edited file, such as no variable has.
const switches = "mutant_"

// finder finds the edits of one file, and how to write them.
type finder struct {
	double     *source
	file       *ast.File
	text       []byte
	base       int // the number of the edit before the first
	edits      []Edit
	insertions []insertion
	function   string // that is being read
	byRelease  bool   // it asks for features of the release
}

func newFinder(double *source, file *ast.File, base int) *finder {
	return &finder{double: double, file: file, text: double.texts[double.fset.File(file.Pos()).Name()], base: base}
}

// edit notes an edit, and returns the number of its switch.
func (f *finder) edit(n ast.Node, what string) int {
	id := f.base + len(f.edits) + 1
	f.edits = append(f.edits, Edit{ID: id, Key: f.function + ": " + what, Line: f.double.fset.Position(n.Pos()).Line, What: what, ByRelease: f.byRelease})
	return id
}

// machinery are functions that no product has: they switch faults, and put the double together.
var machinery = []string{
	"New", "logf", "backChannel", "fresh", "bend", "trusted", "newKeys", "challengeOf", "flowInfo", "routeBindings", "unreachable", "unexpected",
	"otherSession", "deniedPage", "validity",
}

func (f *finder) find() {
	for _, d := range f.file.Decls {
		function, ok := d.(*ast.FuncDecl)
		if !ok || function.Body == nil || slices.Contains(machinery, function.Name.Name) {
			continue
		}
		f.function = f.double.name + "." + receiver(function) + function.Name.Name
		f.byRelease = strings.Contains(f.words(function.Body), "s.has(")
		f.returnsAtOnce(function.Type, function.Body)
		f.walk(function.Body)
	}
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if name := of.(*ast.Ident).Name; name != "Server" {
		return name + "."
	}
	return ""
}

// walk looks at every node below one.
func (f *finder) walk(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case ast.Stmt:
			return f.statement(n)
		case ast.Expr:
			return f.expression(n)
		}
		return true
	})
}

// statement looks at a statement; false: it has looked at what is below, too.
func (f *finder) statement(n ast.Stmt) bool {
	switch n := n.(type) {
	case *ast.BlockStmt:
		f.statements(n.List)
		return false
	case *ast.IfStmt:
		f.branch(n)
		return false
	case *ast.SwitchStmt:
		f.choice(n)
		return false
	case *ast.AssignStmt:
		for _, e := range n.Rhs {
			f.walk(e)
		}
		return false
	case *ast.IncDecStmt, *ast.DeferStmt, *ast.DeclStmt:
		return false
	case *ast.RangeStmt:
		f.walk(n.X)
		f.walk(n.Body)
		return false
	}
	return true
}

func (f *finder) statements(list []ast.Stmt) {
	for _, one := range list {
		f.deletes(one)
		f.walk(one)
	}
}

// branch is an if, whose condition can hold always or never.
func (f *finder) branch(n *ast.IfStmt) {
	f.walk(n.Init)
	if isNil(n.Cond, token.NEQ) { // what goes wrong in the machine is no behaviour, and a judgement is edited where it is made
		return
	}
	known, holds := f.faultless(n.Cond)
	if !known {
		f.condition(n.Cond, "if "+f.words(n.Cond))
	}
	if !known || holds {
		f.walk(n.Body)
	}
	if n.Else != nil {
		f.walk(n.Else)
	}
}

func (f *finder) choice(n *ast.SwitchStmt) {
	f.walk(n.Init)
	f.walk(n.Tag)
	for _, one := range n.Body.List {
		clause := one.(*ast.CaseClause)
		dead := len(clause.List) > 0
		for _, e := range clause.List {
			known, holds := false, false
			if n.Tag == nil {
				if known, holds = f.faultless(e); !known {
					f.condition(e, "case "+f.words(e))
				}
			} else {
				f.walk(e)
			}
			dead = dead && known && !holds
		}
		if !dead {
			f.statements(clause.Body)
		}
	}
}

// expression looks at an expression; false: it has looked at what is below, too.
func (f *finder) expression(n ast.Expr) bool {
	v, typed := f.double.info.Types[n]
	switch {
	case typed && v.IsType():
		return false
	case typed && v.Value != nil:
		f.constant(n, v, f.words(n))
		return false
	}
	switch n := n.(type) {
	case *ast.FuncLit:
		f.literal(n, "")
	case *ast.CompositeLit:
		f.composite(n, v.Type)
	case *ast.IndexExpr: // another index is no behaviour but a panic
		f.walk(n.X)
	case *ast.SliceExpr:
		f.walk(n.X)
	default:
		return f.operation(n, v.Type)
	}
	return false
}

// operation looks at what is computed from other expressions; false: it has looked at those, too.
func (f *finder) operation(n ast.Expr, t types.Type) bool {
	if unary, ok := n.(*ast.UnaryExpr); ok && unary.Op == token.AND {
		if of, ok := unary.X.(*ast.CompositeLit); ok {
			f.walk(of)
		}
		return false
	}
	if isBool(t) {
		if known, _ := f.faultless(n); !known {
			f.condition(n, f.words(n))
		}
		return false
	}
	if call, ok := n.(*ast.CallExpr); ok {
		f.call(call, t)
		return false
	}
	return true
}

// literal is a function in a function. named tells it from others; empty: nothing does.
func (f *finder) literal(n *ast.FuncLit, named string) {
	outer := f.function
	if named != "" {
		f.function += " " + named
	}
	f.returnsAtOnce(n.Type, n.Body)
	f.walk(n.Body)
	f.function = outer
}
