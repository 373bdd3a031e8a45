package plain

import "strings"

// special takes from a text whatever is markup, a link or a mention in Markdown.
var special = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "&#64;", `\`, `\\`, "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`)

// Markdown is a text in one line without any markup of its own.
func Markdown(s string) string { return special.Replace(OneLine(s)) }

// Code is a code span; the fence is longer than any run of backticks within.
func Code(s string) string {
	s = OneLine(s)
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// Cell keeps a text within its cell of a table.
func Cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
