package compare

import (
	"cmp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// few is how many variants of one check are still named one by one where each says the same.
const few = 3

// bundle is variants of one check of which there is nothing to tell but the status and one reason.
type bundle struct {
	Check // the first of them
	id    string
	names []string
}

// key is what makes two checks of one bundle.
type key struct {
	id     string
	status check.Status
	why    string
}

// bundles puts together what is alike, in the order in which each kind comes first.
func bundles(list []Check) []bundle {
	var all []bundle
	place := map[key]int{}
	for _, one := range list {
		id, _, _ := strings.Cut(one.Name, "[")
		k := key{id, cmp.Or(one.After, one.Before).Status, one.Why}
		i, known := place[k]
		if !known {
			i = len(all)
			place[k] = i
			all = append(all, bundle{Check: one, id: id})
		}
		all[i].names = append(all[i].names, one.Name)
	}
	return all
}

// labels names the checks, or says how many variants there are, each in the given form.
func (b bundle) labels(form func(string) string) []string {
	if len(b.names) > few {
		return []string{form(b.id) + " (" + plain.Count(len(b.names), "variant") + ")"}
	}
	var all []string
	for _, name := range b.names {
		all = append(all, form(name))
	}
	return all
}

// told reports whether there is more to tell of a check than its status and one reason.
func told(one Check) bool {
	return one.After != nil && (one.Before != nil || !one.After.passed())
}
