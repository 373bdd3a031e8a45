package authentik

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/version"
)

// sights is how often an object has to be seen: blueprints are applied while the server already answers.
const sights = 2

// The two things that are waited for beside the Objects.
const (
	apiToken     = "the API token"
	defaultBrand = "the default brand's authentication flow"
)

// WaitReady waits until the token works and every object has been seen twice. Health endpoints say less: "live" is
// answered before authentik runs, "ready" long before the worker has created flows and mappings. The deadline is the
// context's; a *rest.NotReadyError then says what was missing and what authentik answered last. progress may be nil.
func (c *Client) WaitReady(ctx context.Context, r *version.Release, objects Objects, progress func(string)) error {
	kinds := []*sighting{
		newSighting("", []string{apiToken}, c.seeToken),
		newSighting("flow", objects.Flows, namesOf(c.flows)),
		newSighting("scope mapping", objects.ScopeMappings, namesOf(c.scopeMappings)),
		newSighting("certificate", objects.Certificates, namesOf(c.certificates)),
		newSighting("", []string{defaultBrand}, c.seeBrand),
	}
	look := func(ctx context.Context) rest.Look {
		var found rest.Look
		var missing []string
		again := false
		for _, kind := range kinds {
			if kind.done() {
				continue
			}
			var moved bool
			moved, found.Answer = kind.look(ctx)
			found.Moved = found.Moved || moved
			missing = append(missing, kind.unseen()...)
			again = again || !kind.done()
			if found.Answer != nil {
				break // who refuses this will refuse the rest
			}
		}
		found.Missing = strings.Join(missing, ", ")
		if found.Missing == "" && again {
			found.Missing = "a second sight of what was seen once"
		}
		return found
	}
	return rest.Poll(ctx, product+" "+r.Version, look, progress)
}

// sighting counts how often each object of one kind was seen.
type sighting struct {
	kind  string
	names []string
	seen  map[string]int
	list  func(context.Context) ([]string, error)
}

func newSighting(kind string, names []string, list func(context.Context) ([]string, error)) *sighting {
	return &sighting{kind: kind, names: names, seen: map[string]int{}, list: list}
}

// look asks once; moved says that something is seen for the first time. Every refusal means "not yet": while it starts
// authentik answers 502, 503, 403 for the token that does not exist yet, and 400 where something refers to an object that
// does not.
func (s *sighting) look(ctx context.Context) (moved bool, err error) {
	present, err := s.list(ctx)
	for _, name := range present {
		s.seen[name]++
		moved = moved || s.seen[name] == 1 && slices.Contains(s.names, name)
	}
	return moved, err
}

// unseen are the objects that were never seen.
func (s *sighting) unseen() []string {
	var names []string
	for _, name := range s.names {
		if s.seen[name] == 0 {
			names = append(names, strings.TrimSpace(s.kind+" "+name))
		}
	}
	return names
}

func (s *sighting) done() bool {
	return !slices.ContainsFunc(s.names, func(name string) bool { return s.seen[name] < sights })
}

func (c *Client) seeToken(ctx context.Context) ([]string, error) {
	if err := c.call(ctx, http.MethodGet, "/core/users/me/", nil, nil); err != nil {
		return nil, err
	}
	return []string{apiToken}, nil
}

func (c *Client) seeBrand(ctx context.Context) ([]string, error) {
	type brand struct {
		Default        bool   `json:"default"`
		Authentication string `json:"flow_authentication"` // null until the flow's blueprint was applied
	}
	all, err := list[brand](ctx, c, brandsPath, nil)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		if b.Default && b.Authentication != "" {
			return []string{defaultBrand}, nil
		}
	}
	return nil, nil
}

func namesOf(read func(context.Context) (index, error)) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		found, err := read(ctx)
		if err != nil {
			return nil, fmt.Errorf("look for objects: %w", err)
		}
		return found.names(), nil
	}
}
