package compare

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// The names of what makes a cell.
const (
	authentik = "authentik"
	immich    = "Immich"
	guideName = "guide"
)

func isCell(name string) bool { return name == authentik || name == immich || name == guideName }

// differing keeps what differs.
func differing(all ...Difference) []Difference {
	return slices.DeleteFunc(all, func(d Difference) bool { return d.Before == d.After })
}

// cells is what the runs judged and what ran for it: versions first, then services.
func cells(before, after *report.Report) []Difference {
	list := append([]Difference{}, differing(
		Difference{Name: authentik, Before: before.Cell.Authentik, After: after.Cell.Authentik},
		Difference{Name: immich, Before: before.Cell.Immich, After: after.Cell.Immich},
		Difference{Name: guideName, Before: before.Cell.Guide, After: after.Cell.Guide},
		Difference{Name: "stack", Before: string(before.Stack.Kind), After: string(after.Stack.Kind)},
	)...)
	was, is := services(before), services(after)
	for _, name := range union(was, is) {
		list = append(list, service(name, was, is, before.Cell, after.Cell)...)
	}
	return list
}

// service is how a part of the stack differs. A digest says something only under the same name of an image, and a version
// only where it is not the cell's.
func service(name string, was, is map[string]stack.Service, before, after report.Cell) []Difference {
	b, ran := was[name]
	a, runs := is[name]
	switch {
	case !runs:
		return []Difference{{Name: name, Before: cmp.Or(b.Image, "started")}}
	case !ran:
		return []Difference{{Name: name, After: cmp.Or(a.Image, "started")}}
	}
	list := differing(Difference{Name: name + " image", Before: b.Image, After: a.Image})
	if len(list) == 0 {
		list = differing(Difference{Name: name + " digest", Before: b.Digest, After: a.Digest})
	}
	asked := func(c report.Cell, observed string) bool { return observed == c.Authentik || observed == c.Immich }
	if !asked(before, b.Observed) || !asked(after, a.Observed) {
		list = append(list, differing(Difference{Name: name + " version", Before: b.Observed, After: a.Observed})...)
	}
	return list
}

func services(r *report.Report) map[string]stack.Service {
	all := map[string]stack.Service{}
	for _, s := range r.Stack.Services {
		all[s.Name] = s
	}
	return all
}

// settings is what the two guides document differently.
func settings(before, after *report.Report) []Difference {
	list := []Difference{}
	for _, c := range guide.Diff(&before.Settings, &after.Settings) {
		list = append(list, Difference{
			Name: c.Field, Before: c.Before, After: c.After,
			BeforeAt: at(before, c.BeforeLine), AfterAt: at(after, c.AfterLine),
		})
	}
	return list
}

func at(r *report.Report, line int) string {
	if line <= 0 {
		return ""
	}
	return r.Settings.Ref(line)
}

// resolved is what the runs chose differently.
func resolved(before, after *report.Report) []Difference {
	values := func(r *report.Report) map[string]report.Resolved {
		all := map[string]report.Resolved{}
		for _, v := range r.Resolved {
			all[v.Product+" "+v.Field] = v
		}
		return all
	}
	was, is := values(before), values(after)
	var list []Difference
	for _, name := range union(was, is) {
		b, a := was[name], is[name]
		list = append(list, Difference{
			Name: name, Before: b.Value, After: a.Value, BeforeAt: at(before, b.Line), AfterAt: at(after, a.Line),
		})
	}
	return differing(list...)
}

// observations is what checks of both runs saw differently. What one of them did not note at all says something only where
// both passed: a check that does not come to its end has noted less.
func observations(before, after *side) []Difference {
	var list []Difference
	for _, name := range after.names {
		b, a := before.results[name], after.results[name]
		both := before.outcome(name).passed() && after.outcome(name).passed()
		for _, key := range union(b.Observations, a.Observations) {
			was, noted := b.Observations[key]
			is, notes := a.Observations[key]
			if noted && notes || both {
				list = append(list, Difference{Check: name, Name: key, Before: evidence.WithoutRun(was), After: evidence.WithoutRun(is)})
			}
		}
	}
	return differing(list...)
}

// union is the sorted keys of both.
func union[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
