package authentik

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/version"
)

const blueprintsPath = "/managed/blueprints/"

// blueprintLimit is for a blueprint to be applied by a worker that may have much else to do after a start.
const blueprintLimit = 5 * time.Minute

// BlueprintError says that authentik does not take a blueprint, in its own words.
type BlueprintError struct {
	Path   string
	Reason string
}

func (e *BlueprintError) Error() string {
	return fmt.Sprintf("authentik does not apply the blueprint: %s", e.Reason)
}

// blueprint is an instance of a blueprint, as authentik knows it.
type blueprint struct {
	PK     string `json:"pk"`
	Path   string `json:"path"`
	Status string `json:"status"` // unknown, successful, warning, error, orphaned
	// Applied is written anew each time it was applied, whatever came of it.
	Applied string `json:"last_applied"`
}

const successful = "successful"

// ConfigureBy has authentik apply the blueprint at path below its folder, whose text is given for what it says where it
// refuses it, and finds the provider that it made. Nothing is sent beside it. Errors are a *BlueprintError, or what kept
// authentik from answering.
func (c *Client) ConfigureBy(ctx context.Context, path, text string, s *guide.Settings, r *version.Release) (*Applied, error) {
	if err := c.applyBlueprint(ctx, path, text); err != nil {
		return nil, err
	}
	a, err := c.madeBy(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("find what the blueprint made: %w", err)
	}
	checks, err := c.ReadBack(ctx, s, r, a)
	if err != nil {
		return nil, err
	}
	a.Differences = guide.Differing(checks)
	return a, nil
}

// mostApplied is how often a blueprint is applied before its error is believed: the worker, which finds the file by itself,
// may apply it at the same time, and then one of the two fails on what the other is making (2026.2.0).
const mostApplied = 2

func (c *Client) applyBlueprint(ctx context.Context, path, text string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, blueprintLimit, fmt.Errorf("authentik had not applied the blueprint within %s", blueprintLimit))
	defer cancel()
	one, err := c.addBlueprint(ctx, path)
	for n := 0; err == nil && one.Status != successful && n < mostApplied; n++ {
		err = c.applyOnce(ctx, &one)
	}
	if err != nil {
		return err
	}
	if one.Status == successful {
		return c.keepBlueprint(ctx, one.PK, path)
	}
	return &BlueprintError{Path: path, Reason: c.whyNot(ctx, one.Status, text)}
}

// applyOnce has a blueprint applied and waits for what comes of it: a status of its own, or the old one written anew.
func (c *Client) applyOnce(ctx context.Context, one *blueprint) error {
	before := one.Applied
	if err := c.call(ctx, http.MethodPost, blueprintsPath+one.PK+"/apply/", nil, nil); err != nil {
		return fmt.Errorf("apply the blueprint: %w", err)
	}
	return rest.Poll(ctx, product, func(ctx context.Context) rest.Look {
		err := c.call(ctx, http.MethodGet, blueprintsPath+one.PK+"/", nil, one)
		if err != nil || one.Status == "unknown" || one.Applied == before {
			return rest.Look{Missing: "the blueprint to be applied", Answer: err}
		}
		return rest.Look{}
	}, nil)
}

// keepBlueprint has authentik apply a blueprint no more: its worker, which finds the file by itself and may come late, would
// take back what a run or a check changes, the client's secret among it (2025.8.1).
func (c *Client) keepBlueprint(ctx context.Context, pk, path string) error {
	err := c.askOfPath(ctx, http.MethodPatch, blueprintsPath+pk+"/", map[string]any{"path": path, "enabled": false}, nil)
	if err != nil {
		return fmt.Errorf("keep the blueprint from being applied once more: %w", err)
	}
	return nil
}

// askOfPath makes a call that names the path of a blueprint, for which the server has the worker list its files. One that is
// busy after the start does not in time, and the server says 405 (2025.8.1 for POST, 2026.2.0 for PATCH as well).
func (c *Client) askOfPath(ctx context.Context, method, path string, body, into any) error {
	var refused error
	err := rest.Poll(ctx, product, func(ctx context.Context) rest.Look {
		if refused = c.call(ctx, method, path, body, into); rest.Is(refused, http.StatusMethodNotAllowed) {
			return rest.Look{Missing: "authentik's worker to list its blueprints", Answer: refused}
		}
		return rest.Look{}
	}, nil)
	return cmp.Or(err, refused)
}

// addBlueprint is the instance of a blueprint, which the worker may have found by itself.
func (c *Client) addBlueprint(ctx context.Context, path string) (one blueprint, err error) {
	known, err := list[blueprint](ctx, c, blueprintsPath, url.Values{"path": {path}})
	if err != nil {
		return one, err
	}
	if len(known) > 0 {
		return known[0], nil
	}
	err = c.askOfPath(ctx, http.MethodPost, blueprintsPath, map[string]any{"name": "pair", "path": path, "enabled": true}, &one)
	if err != nil {
		return one, fmt.Errorf("add the blueprint: %w", err)
	}
	return one, nil
}

// whyNot asks authentik to validate a blueprint that it did not apply: its status has no reason.
func (c *Client) whyNot(ctx context.Context, status, text string) string {
	var refused *APIError
	err := c.call(ctx, http.MethodPost, blueprintsPath, map[string]any{"name": "pair, to be looked at", "content": text, "enabled": false}, nil)
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest && refused.Message != "" {
		return strings.Join(strings.Fields(refused.Message), " ")
	}
	return "its status is " + status + "; the log of authentik's worker says why"
}

// madeBy is the provider of the settings' name, with its application.
func (c *Client) madeBy(ctx context.Context, s *guide.Settings) (*Applied, error) {
	type provider struct {
		PK           int    `json:"pk"`
		Name         string `json:"name"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		Slug         string `json:"assigned_application_slug"`
	}
	name := defaultName
	if s.ProviderName != nil {
		name = s.ProviderName.Value
	}
	all, err := list[provider](ctx, c, providersPath, nil)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Name != name {
			continue
		}
		if p.Slug == "" {
			return nil, fmt.Errorf("the provider %q has no application, so nobody can log in by it", name)
		}
		app, err := c.Application(ctx, p.Slug)
		if err != nil {
			return nil, err
		}
		a := &Applied{ProviderPK: p.PK, Slug: p.Slug, Name: text(app["name"]), ClientID: p.ClientID, ClientSecret: p.ClientSecret}
		return a, c.endpoints(ctx, a)
	}
	return nil, fmt.Errorf("authentik has no provider %q", name)
}
