package version

import (
	"maps"
	"slices"
	"strings"
)

// state is what holds at one point of a product's history. It is never changed, only copied with a change.
type state struct {
	image       string
	port        int
	media       string
	environment map[string]string
	services    map[string]Service
	form        map[string]string
	apps        []App
	features    map[Feature]bool
}

// with is the state after a change that stands at a line of the file.
func (s state) with(c change, product Product, at int, p *problems) state {
	if c.Image != "" {
		s.image = c.Image
		if !strings.Contains(c.Image, "{version}") {
			p.at(at, "image %q has no {version} in it", c.Image)
		}
	}
	if c.Port != 0 {
		s.port = c.Port
	}
	if c.Media != "" {
		s.media = c.Media
	}
	if c.Apps != nil {
		s.apps = c.Apps
		checkApps(c.Apps, at, p)
	}
	s.environment = merged(s.environment, c.Environment)
	s.services = withServices(s.services, c.Services, p)
	s.form = merged(s.form, nil)
	for key, value := range c.FormDefaults {
		p.formKey(key)
		s.form[key.text] = value
	}
	s.features = withFeatures(s.features, c, product, p)
	return s
}

func withServices(old map[string]Service, changed map[word]*service, p *problems) map[string]Service {
	services := merged(old, nil)
	for name, svc := range changed {
		if svc == nil {
			if _, there := services[name.text]; !there {
				p.at(name.line, "service %q is removed, but was not there", name.text)
			}
			delete(services, name.text)
			continue
		}
		if !strings.Contains(svc.Image.text[strings.LastIndex(svc.Image.text, "/")+1:], ":") {
			p.at(name.line, "service %q needs an image with a tag, not %q", name.text, svc.Image.text)
		}
		services[name.text] = Service{Name: name.text, Image: svc.Image.text, Environment: svc.Environment, Command: svc.Command}
	}
	return services
}

func withFeatures(old map[Feature]bool, c change, product Product, p *problems) map[Feature]bool {
	features := merged(old, nil)
	for _, w := range c.Remove {
		if f, ok := p.feature(product, w); ok {
			if !features[f] {
				p.at(w.line, "feature %q is removed, but was not there", f)
			}
			delete(features, f)
		}
	}
	for _, w := range c.Add {
		if f, ok := p.feature(product, w); ok {
			if features[f] {
				p.at(w.line, "feature %q is added, but was there already", f)
			}
			features[f] = true
		}
	}
	return features
}

func checkApps(apps []App, at int, p *problems) {
	for _, app := range apps {
		if app.Name == "" || app.RedirectURI == "" || app.UserAgent == "" {
			p.at(at, "an app needs name, redirect_uri and user_agent")
		}
		if app.Session != SessionCookies && app.Session != SessionHeader && app.Session != SessionBearer {
			p.at(at, "app %q: session is %q, not %s, %s or %s", app.Name, app.Session, SessionCookies, SessionHeader, SessionBearer)
		}
	}
}

// check says what a line that can be run still lacks.
func (s state) check(product Product, w word, p *problems) {
	lacks := func(missing bool, what string) {
		if missing {
			p.at(w.line, "line %q has no %s", w.text, what)
		}
	}
	lacks(s.image == "", "image")
	lacks(s.port == 0, "port")
	lacks(len(s.services) == 0, "services")
	lacks(product == Immich && s.media == "", "media")
	lacks(product == Immich && len(s.apps) == 0, "apps")
}

// release fills in a Release at this state; the caller may change it without changing the state.
func (s state) release(product Product, n number) *Release {
	r := &Release{
		Product: product, Version: n.exact(product), Line: n.line(product), number: n,
		Image: strings.ReplaceAll(s.image, "{version}", n.exact(product)),
		Port:  s.port, Media: s.media,
		Environment: maps.Clone(s.environment), FormDefaults: maps.Clone(s.form),
		Apps: s.appsOf(n), features: s.features,
	}
	for _, name := range slices.Sorted(maps.Keys(s.services)) {
		svc := s.services[name]
		svc.Environment, svc.Command = maps.Clone(svc.Environment), slices.Clone(svc.Command)
		r.Services = append(r.Services, svc)
	}
	return r
}

func merged[K comparable, V any](old, changed map[K]V) map[K]V {
	both := make(map[K]V, len(old)+len(changed))
	maps.Copy(both, old)
	maps.Copy(both, changed)
	return both
}
