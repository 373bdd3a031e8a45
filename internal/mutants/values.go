package mutants

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"
)

// call looks at a call and its arguments. t is what it returns, or nil where nobody takes that.
func (f *finder) call(n *ast.CallExpr, t types.Type) {
	name := called(n)
	switch {
	case slices.Contains(wordy, name), name == "faulty", name == "len", name == "has":
		return
	case isDuration(t):
		f.durations(n, f.words(n))
	case isText(t) && len(n.Args) == 1 && slices.Contains(lookups, name):
		f.zero(n, f.words(n)+" → empty")
		f.walk(n.Fun)
		return
	case isText(t) && len(n.Args) > 0 && slices.Contains(unwrapped, name):
		id := f.edit(n, f.words(n)+" → "+f.words(n.Args[0]))
		f.around(n, fmt.Sprintf("%s.Pick(%d, %s, ", switches, id, f.words(n.Args[0])), ")")
	}
	f.walk(n.Fun)
	f.arguments(n)
}

// arguments looks at what a call is given. A route names the function that serves it.
func (f *finder) arguments(n *ast.CallExpr) {
	for _, one := range n.Args {
		if literal, ok := one.(*ast.FuncLit); ok {
			route, _ := textOf(f.double.info.Types[n.Args[0]])
			f.literal(literal, route)
			continue
		}
		f.walk(one)
	}
}

// wordy are calls whose texts are for people.
var wordy = []string{"Errorf", "New", "refuse", "invalid", "logf", "hidden"}

// lookups are calls that look one thing up by its name, of a request or an object.
var lookups = []string{"Get", "FormValue", "PostFormValue", "text", "PathValue", "Path"}

// unwrapped are calls that change a text a little.
var unwrapped = []string{"ToLower", "TrimSpace", "TrimSuffix", "TrimPrefix", "QueryEscape", "ReplaceAll", "ReplaceAllLiteralString"}

func called(n *ast.CallExpr) string {
	switch fun := n.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// zero is a value that can be none.
func (f *finder) zero(e ast.Expr, what string) {
	f.around(e, fmt.Sprintf("%s.Zero(%d, ", switches, f.edit(e, what)), ")")
}

// constant is a value that is written in the source. what says where.
func (f *finder) constant(e ast.Expr, v types.TypeAndValue, what string) {
	switch {
	case isDuration(v.Type):
		f.durations(e, what)
	case isBool(v.Type):
		f.other(e, v.Type, what, fmt.Sprint(!constant.BoolVal(v.Value)))
	case isText(v.Type):
		if text := constant.StringVal(v.Value); isWord(text) && isPlain(v.Type) {
			f.other(e, v.Type, what, quoted(text+"-2"))
		}
	case strings.HasPrefix(f.words(e), "http.Status"):
		f.other(e, v.Type, what, fmt.Sprint(otherStatus(v)))
	case strings.HasPrefix(f.words(e), "http.SameSite"):
		f.other(e, v.Type, what, "http.SameSiteNoneMode")
	case isBasic(v.Type, types.IsInteger):
		f.number(e, v, what)
	}
}

func (f *finder) number(e ast.Expr, v types.TypeAndValue, what string) {
	n, exact := constant.Int64Val(constant.ToInt(v.Value))
	switch {
	case !exact:
	case n == 0:
		f.other(e, v.Type, what, "1")
	default:
		f.other(e, v.Type, what, "0")
	}
}

// otherStatus is another status of the same kind of answer, or what a server says that does not know better.
func otherStatus(v types.TypeAndValue) int64 {
	switch status, _ := constant.Int64Val(v.Value); {
	case status < 300:
		return 400
	case status < 400:
		return 301
	case status == 400:
		return 500
	}
	return 400
}

// durations are times that can be much shorter and much longer.
func (f *finder) durations(e ast.Expr, what string) {
	second, year := f.edit(e, what+" → a second"), f.edit(e, what+" → a year")
	f.around(e, fmt.Sprintf("%s.Pick[time.Duration](%d, 1e9, %s.Pick[time.Duration](%d, 365*24*3600*1e9, ", switches, second, switches, year), "))")
}

// other is a constant in whose place another can stand.
func (f *finder) other(e ast.Expr, t types.Type, what, other string) {
	id := f.edit(e, what+" → "+other)
	f.around(e, fmt.Sprintf("%s.Pick%s(%d, %s, ", switches, f.typeArgument(t), id, other), ")")
}

// typeArgument says of what type a constant is, where that is not what Go would guess.
func (f *finder) typeArgument(t types.Type) string {
	t = types.Default(t)
	if basic, ok := t.(*types.Basic); ok {
		return "[" + basic.Name() + "]"
	}
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != f.double.types {
		return "[" + named.Obj().Pkg().Name() + "." + named.Obj().Name() + "]"
	} else if ok {
		return "[" + named.Obj().Name() + "]"
	}
	return ""
}

// composite looks at the elements of a value that is put together.
func (f *finder) composite(n *ast.CompositeLit, t types.Type) {
	_, isStruct := t.Underlying().(*types.Struct)
	for _, e := range n.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		switch {
		case !ok:
			f.walk(e)
		case isStruct:
			f.field(pair)
		default:
			f.member(pair)
		}
	}
}

// field is one of a struct's, which can stay empty.
func (f *finder) field(pair *ast.KeyValueExpr) {
	v := f.double.info.Types[pair.Value]
	switch {
	case v.Value != nil && !isDuration(v.Type) && !isText(v.Type), isBool(v.Type):
	case f.isFunction(pair.Value):
	case v.Value != nil && isText(v.Type), v.Value == nil && isBasic(v.Type, types.IsString|types.IsNumeric), isPointer(v.Type):
		f.zero(pair.Value, shortened(f.words(pair))+" → empty")
	}
	f.value(pair, v)
}

func isPointer(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

func (f *finder) isFunction(e ast.Expr) bool {
	_, ok := f.typeOf(e).(*types.Signature)
	return ok
}

// member is one of a JSON object's, which can be missing or another.
func (f *finder) member(pair *ast.KeyValueExpr) {
	if name, ok := textOf(f.double.info.Types[pair.Key]); ok {
		id := f.edit(pair, "no "+name+" in "+`{`+shortened(f.words(pair))+`}`)
		f.around(pair.Key, fmt.Sprintf("%s.Pick(%d, %q, ", switches, id, name+"-2"), ")")
	}
	if v := f.double.info.Types[pair.Value]; v.Value == nil && isText(v.Type) {
		id := f.edit(pair, shortened(f.words(pair))+" → another text")
		f.around(pair.Value, fmt.Sprintf(`%s.Pick(%d, "another-text", `, switches, id), ")")
	}
	f.value(pair, f.double.info.Types[pair.Value])
}

// value looks at what stands behind a name.
func (f *finder) value(pair *ast.KeyValueExpr, v types.TypeAndValue) {
	if v.Value != nil {
		f.constant(pair.Value, v, f.words(pair))
		return
	}
	f.walk(pair.Value)
}
