package version

import (
	"slices"
	"strings"
)

// appsOf are the apps of a state as those of one release.
func (s state) appsOf(n number) []App {
	apps := slices.Clone(s.apps)
	for i := range apps {
		apps[i].UserAgent = strings.ReplaceAll(apps[i].UserAgent, "{version}", n.String())
	}
	return apps
}

// generations are all generations of the app, the oldest first, each as the newest release ships it.
func (h *history) generations() []App {
	var all []App
	for i := range h.lines {
		l := &h.lines[i]
		for _, n := range l.releases {
			for _, app := range l.at(n).appsOf(n) {
				if j := named(all, app.Name); j >= 0 {
					all[j] = app
				} else {
					all = append(all, app)
				}
			}
		}
	}
	return all
}

// otherApps are the generations on both sides of those that a release ships.
func (c *Catalogue) otherApps(r *Release) (older, newer []App) {
	if len(r.Apps) == 0 {
		return nil, nil
	}
	all := c.apps[r.Product]
	first, last := named(all, r.Apps[0].Name), named(all, r.Apps[len(r.Apps)-1].Name)
	return slices.Clone(all[:first]), slices.Clone(all[last+1:])
}

func named(apps []App, name string) int {
	return slices.IndexFunc(apps, func(a App) bool { return a.Name == name })
}
