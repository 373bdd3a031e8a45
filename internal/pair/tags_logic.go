package pair

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ssoproof/ssoproof/internal/plain"
)

// format is Python's % for the verbs that blueprints use. Authentik refuses another number of values than the text has verbs.
func (r *resolver) format(tag *yaml.Node, args []*yaml.Node) any {
	var values []string
	for _, n := range args[1:] {
		f := r.field(n)
		if u, ok := f.value.(unknown); ok {
			return u
		}
		values = append(values, printed(f))
	}
	pattern := r.field(args[0]).text()
	var out strings.Builder
	text, used := []rune(pattern), 0
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+1 == len(text) {
			out.WriteRune(text[i])
			continue
		}
		i++
		switch {
		case text[i] == '%':
			out.WriteRune('%')
		case text[i] == 's' || text[i] == 'd':
			if used < len(values) {
				out.WriteString(values[used])
			}
			used++
		default:
			return unknown{why: "!Format: ssoproof does not know %" + string(text[i])}
		}
	}
	if used != len(values) {
		return r.refused(tag, fmt.Sprintf("!Format: %q takes %s and is given %d", pattern, plain.Count(used, "value"), len(values)))
	}
	return out.String()
}

func (r *resolver) choice(args []*yaml.Node) any {
	condition := r.field(args[0])
	if u, ok := condition.value.(unknown); ok {
		return u
	}
	switch truth := truth(condition); {
	case len(args) < 3:
		return truth
	case truth:
		return r.field(args[1]).value
	}
	return r.field(args[2]).value
}

func (r *resolver) condition(args []*yaml.Node) any {
	met := 0
	for _, n := range args[1:] {
		f := r.field(n)
		if u, ok := f.value.(unknown); ok {
			return u
		}
		if truth(f) {
			met++
		}
	}
	all := len(args) - 1
	switch mode := strings.ToUpper(args[0].Value); mode {
	case "AND":
		return met == all
	case "NAND":
		return met != all
	case "OR":
		return met > 0
	case "NOR":
		return met == 0
	case "XOR":
		return met%2 == 1
	case "XNOR":
		return met%2 == 0
	default:
		return unknown{why: "!Condition " + mode + " is none of AND, NAND, OR, NOR, XOR, XNOR"}
	}
}

// truth is Python's.
func truth(f field) bool {
	switch v := f.value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int:
		return v != 0
	case float64:
		return v != 0
	case []field:
		return len(v) > 0
	case map[string]field:
		return len(v) > 0
	}
	return true
}

func (r *resolver) enumerate(args []*yaml.Node) any {
	over := r.field(args[0])
	var all []item
	switch v := over.value.(type) {
	case unknown:
		return v
	case []field:
		for i, value := range v {
			all = append(all, item{field{over.at, i}, value})
		}
	case map[string]field:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, item{field{over.at, key}, v[key]})
		}
	default:
		return unknown{why: "!Enumerate goes over something that is not a list"}
	}
	list, fields := []field{}, map[string]field{}
	for _, one := range all {
		r.items = append(r.items, one)
		f := r.field(args[2])
		r.items = r.items[:len(r.items)-1]
		list = append(list, f)
		switch v := f.value.(type) {
		case map[string]field:
			maps.Copy(fields, v)
		case []field:
			if len(v) == 2 {
				fields[printed(v[0])] = v[1]
			}
		}
	}
	if strings.EqualFold(args[1].Value, "MAP") {
		return fields
	}
	return list
}

func (r *resolver) enumerated(tag string, n *yaml.Node) any {
	depth, err := strconv.Atoi(n.Value)
	if err != nil || depth < 0 || depth >= len(r.items) {
		return unknown{why: tag + " " + n.Value + ": there is no such !Enumerate around it"}
	}
	one := r.items[len(r.items)-1-depth]
	if tag == "!Index" {
		return one.index.value
	}
	return one.value.value
}

// printed is a leaf as a text.
func printed(f field) string {
	switch v := f.value.(type) {
	case nil:
		return "None"
	case string:
		return v
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case reference:
		return v.String()
	}
	return fmt.Sprint(f.value)
}
