package mutants

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
	"unicode"
)

func (f *finder) typeOf(e ast.Expr) types.Type {
	if t := f.double.info.Types[e].Type; t != nil {
		return t.Underlying()
	}
	return nil
}

// isBool reports whether a condition is of the type bool itself: what is woven in does not go with a type of that kind.
func isBool(t types.Type) bool {
	_, named := types.Unalias(t).(*types.Named)
	return !named && isBasic(t, types.IsBoolean)
}

func isText(t types.Type) bool { return isBasic(t, types.IsString) }

func isBasic(t types.Type, info types.BasicInfo) bool {
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&info != 0
}

func isDuration(t types.Type) bool { return t != nil && t.String() == "time.Duration" }

// textOf is the value of a constant text.
func textOf(v types.TypeAndValue) (string, bool) {
	if v.Value == nil || v.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v.Value), true
}

// quoted is a Go text.
func quoted(text string) string { return fmt.Sprintf("%q", text) }

// isWord is a text for machines: no prose, whose words are nobody's business, and no punctuation.
func isWord(text string) bool {
	return !strings.Contains(text, " ") && strings.ContainsFunc(text, unicode.IsLetter)
}

// isPlain is a text's type that no package has given a name: of the named ones, conditions say enough.
func isPlain(t types.Type) bool {
	_, named := t.(*types.Named)
	return !named
}
