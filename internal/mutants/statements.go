package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// deletes is a statement that can be left out.
func (f *finder) deletes(n ast.Stmt) {
	what := ""
	switch n := n.(type) {
	case *ast.ExprStmt:
		call, ok := n.X.(*ast.CallExpr)
		if !ok || isMachinery(call) || slices.Contains(answers, called(call)) {
			return
		}
		what = f.words(n)
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE || isBlank(n.Lhs) {
			return
		}
		what = f.words(n)
	case *ast.IncDecStmt, *ast.GoStmt:
		what = f.words(n)
	case *ast.RangeStmt:
		what = "for range " + f.words(n.X)
	default:
		return
	}
	f.around(n, fmt.Sprintf("if !%s.On(%d) { ", switches, f.edit(n, "delete "+shortened(what))), " }")
}

// answers are calls that write one. Without it the answer is an empty one, as of a function that does nothing.
var answers = []string{"writeJSON", "errorPage", "tokenError", "redirect", "render", "Error", "fail", "writeDetail", "writeNotFound", "NotFound", "open", "own", "admin"}

// isMachinery are calls that no product has as a behaviour.
func isMachinery(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"Lock", "Unlock", "logf"}, s.Sel.Name)
}

func isBlank(left []ast.Expr) bool {
	for _, e := range left {
		if name, ok := e.(*ast.Ident); !ok || name.Name != "_" {
			return false
		}
	}
	return true
}

// shortened keeps the beginning of what is long.
func shortened(text string) string {
	const most = 100
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// returnsAtOnce is a function that does nothing, and says what says nothing.
func (f *finder) returnsAtOnce(of *ast.FuncType, body *ast.BlockStmt) {
	results, names := f.results(of)
	switch {
	case len(results) == 0:
		f.returns(body, "do nothing", "")
	case len(results) == 1 && isBool(results[0]):
		return // what it returns are conditions
	case len(results) == 1 && isText(results[0]):
		f.returns(body, "return the same text every time", ` "the-same-text-every-time-of-more-than-forty-three-letters"`)
	case isPlainError(results):
		f.returns(body, "do nothing, and find nothing wrong", " nil")
	case names != nil:
		f.returns(body, "return nothing", " "+strings.Join(names, ", "))
	}
}

func (f *finder) returns(body *ast.BlockStmt, what, values string) {
	f.at(body.Lbrace+1, fmt.Sprintf(" if %s.On(%d) { return%s };", switches, f.edit(body, what), values))
}

func isPlainError(results []types.Type) bool {
	return len(results) == 1 && results[0].String() == "error"
}

// results are a function's types, and a nothing of each; names is nil where one cannot be written here.
func (f *finder) results(of *ast.FuncType) (results []types.Type, nothings []string) {
	if of.Results == nil {
		return nil, nil
	}
	nothings = []string{}
	for _, field := range of.Results.List {
		t := f.double.info.Types[field.Type].Type
		for range max(1, len(field.Names)) {
			results = append(results, t)
			nothings = append(nothings, fmt.Sprintf("*new(%s)", f.words(field.Type)))
		}
	}
	return results, nothings
}
