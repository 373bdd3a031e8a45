package pair

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// draft is a pair that is being read from a file.
type draft struct{ *Pair }

func newDraft(file string) draft {
	return draft{&Pair{Version: Version, files: true, Captured: Captured{From: []string{file}}, Origins: map[string]string{}}}
}

// take is a value as the pair file holds it. Each value below it is entered with its origin; what is not known is said, and
// taken out together with the entry of a list that it stands in.
func (d draft) take(path string, f field) (any, bool) {
	switch v := f.value.(type) {
	case unknown:
		d.missed(path, f, v.why)
		return nil, false
	case reference:
		d.missed(path, f, "it refers to "+v.String()+", which a pair file does not hold")
		return nil, false
	case []field:
		all := []any{}
		for _, item := range v {
			if value, ok := d.take(path+"["+strconv.Itoa(len(all))+"]", item); ok {
				all = append(all, value)
			}
		}
		d.Origins[path] = f.at
		return all, true
	case map[string]field:
		all := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			value, ok := d.take(join(path, key), v[key])
			if !ok {
				maps.DeleteFunc(d.Origins, func(at, _ string) bool { return strings.HasPrefix(at, path+".") })
				return nil, false
			}
			all[key] = value
		}
		d.Origins[path] = f.at
		return all, true
	}
	d.Origins[path] = f.at
	return f.value, true
}

// put enters a value under a key, unless it is not known.
func (d draft) put(into map[string]any, path, key string, f field) {
	if value, ok := d.take(join(path, key), f); ok {
		into[key] = value
	}
}

// missed says that a value could not be read. The sentence begins with the path, by which unread finds it.
func (d draft) missed(path string, f field, why string) {
	d.NotRead = append(d.NotRead, path+" ("+f.at+"): "+why)
}

// text is a value as text; empty where it is none.
func (f field) text() string {
	s, _ := f.value.(string)
	return s
}
