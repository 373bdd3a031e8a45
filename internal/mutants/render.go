package mutants

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Render writes what became of all edits, as Markdown.
func Render(verdicts []Verdict, excused map[int]Reason) []byte {
	var out bytes.Buffer
	out.WriteString(`# Mutants

Small edits of the doubles of authentik and Immich, each like something that a release could do, and the first check that
notices it. Written by ` + "`make mutants`" + `; the reasons are in internal/mutants/survivors.yaml.

`)
	counts(&out, verdicts, excused)
	survived(&out, verdicts, excused)
	out.WriteString("## Noticed\n")
	file := ""
	for _, v := range verdicts {
		if !v.Noticed() {
			continue
		}
		if v.File != file {
			file = v.File
			fmt.Fprintf(&out, "\n### %s\n\n| line | edit | noticed by |\n| ---: | --- | --- |\n", file)
		}
		fmt.Fprintf(&out, "| %d | %s | %s |\n", v.Line, cell(v.Key), cmp.Or(cell(strings.Join(v.By, ", ")), v.How))
	}
	return out.Bytes()
}

func counts(out *bytes.Buffer, verdicts []Verdict, excused map[int]Reason) {
	out.WriteString("| double | edits | noticed | in the browser | survived | of those, never reached |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, double := range Doubles {
		var all, noticed, inBrowser, survived, unreached int
		for _, v := range verdicts {
			if !strings.HasPrefix(v.File, double+"/") {
				continue
			}
			all++
			switch {
			case v.Kind == pages, excused[v.ID].By != "":
				inBrowser++
			case v.Noticed():
				noticed++
			default:
				survived++
				if !v.Reached {
					unreached++
				}
			}
		}
		fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d |\n", double, all, noticed, inBrowser, survived, unreached)
	}
	out.WriteString("\nJudged on, one after the other until something notices:\n\n")
	for _, c := range Cells {
		n := len(slices.DeleteFunc(slices.Clone(verdicts), func(v Verdict) bool { return v.Cell != c }))
		fmt.Fprintf(out, "- authentik %s × Immich %s, guide %s: %d noticed\n", c.Authentik, c.Immich, c.Guide, n)
	}
	out.WriteString("\n")
}

// survived lists what survives by its reason, in the order of the reasons' first edits.
func survived(out *bytes.Buffer, verdicts []Verdict, excused map[int]Reason) {
	out.WriteString("## Not noticed, or in the browser only\n")
	var order []string
	byReason := map[string][]Verdict{}
	for _, v := range verdicts {
		r, ok := excused[v.ID]
		if !ok {
			continue
		}
		title := r.Why
		if r.By != "" {
			title = "In the browser, `" + r.By + "` notices: " + r.Why
		}
		if byReason[title] == nil {
			order = append(order, title)
		}
		byReason[title] = append(byReason[title], v)
	}
	for _, title := range order {
		fmt.Fprintf(out, "\n%s\n\n", strings.TrimSpace(title))
		for _, v := range byReason[title] {
			fmt.Fprintf(out, "- %s:%d %s\n", v.File, v.Line, code(v.Key))
		}
	}
	out.WriteString("\n")
}

// cell is a text in a table.
func cell(text string) string {
	if text == "" {
		return ""
	}
	return strings.ReplaceAll(code(text), "|", `\|`)
}

// code is a text as code, in one more backquote than it has.
func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}
