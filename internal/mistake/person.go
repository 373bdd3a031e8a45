package mistake

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// deactivateAll deactivates whoever is to log in.
func deactivateAll(_ context.Context, e *suites.Env) error {
	e.Met = func(ctx context.Context, w *journey.World, u authentik.User) error {
		return w.Authentik.Call(ctx, http.MethodPatch, fmt.Sprintf("/core/users/%d/", u.PK), map[string]any{"is_active": false}, nil)
	}
	return nil
}

// blankEmails takes the e-mail from whoever is to log in.
func blankEmails(_ context.Context, e *suites.Env) error {
	e.Met = func(ctx context.Context, w *journey.World, u authentik.User) error {
		return w.Authentik.Call(ctx, http.MethodPatch, fmt.Sprintf("/core/users/%d/", u.PK), map[string]any{"email": ""}, nil)
	}
	return nil
}

// changeSubjectMode changes the provider's subject mode each time after a person has logged in.
func changeSubjectMode(_ context.Context, e *suites.Env) error {
	pk := e.Shared.OP.ProviderPK
	e.Met = func(ctx context.Context, w *journey.World, u authentik.User) error {
		if err := w.Authentik.PatchProvider(ctx, pk, map[string]any{"sub_mode": "hashed_user_id"}); err != nil {
			return err
		}
		if _, err := w.WebLoginHTTP(ctx, u); err != nil {
			return err
		}
		return w.Authentik.PatchProvider(ctx, pk, map[string]any{"sub_mode": "user_username"})
	}
	return nil
}

// makeAnew lets somebody else, who is gone by then, log in with the e-mail of whoever is to log in.
func makeAnew(_ context.Context, e *suites.Env) error {
	e.Met = func(ctx context.Context, w *journey.World, u authentik.User) error {
		before, err := w.Authentik.CreateUser(ctx, authentik.User{Username: unique("before"), Name: u.Name, Email: u.Email, Password: unique("password")})
		if err != nil {
			return err
		}
		if _, err := w.WebLoginHTTP(ctx, before); err != nil {
			return err
		}
		return w.Authentik.DeleteUser(ctx, before.PK)
	}
	return nil
}

// driveOldApp puts the newest generation of the app that knows neither state nor verifier in the place of the release's own.
func driveOldApp(_ context.Context, e *suites.Env) error {
	for _, app := range e.Cell.Immich.OlderApps {
		if !app.PKCE {
			e.Cell.Immich.Apps = []version.App{app}
		}
	}
	return nil
}

// driveNewApp puts the newest generation of the app in the place of the release's own.
func driveNewApp(_ context.Context, e *suites.Env) error {
	newer := e.Cell.Immich.NewerApps
	e.Cell.Immich.Apps = newer[len(newer)-1:]
	return nil
}

// bindToBroken binds a policy to the application that raises an exception.
func bindToBroken(ctx context.Context, e *suites.Env) error {
	var policy, app struct {
		PK string `json:"pk"`
	}
	err := e.World.Authentik.Call(ctx, http.MethodPost, "/policies/expression/", map[string]any{
		"name": unique("made by mistake"), "expression": "return not_a_name",
	}, &policy)
	if err != nil {
		return err
	}
	if err := e.World.Authentik.Call(ctx, http.MethodGet, "/core/applications/"+e.Shared.OP.Slug+"/", nil, &app); err != nil {
		return err
	}
	return e.World.Authentik.Call(ctx, http.MethodPost, "/policies/bindings/", map[string]any{
		"target": app.PK, "policy": policy.PK, "order": 0, "enabled": true,
	}, nil)
}
