package run

import (
	"context"
	"fmt"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// configured is a pair to which the guide was applied.
type configured struct {
	world    journey.World
	admin    *immich.Session // of Immich's administrator
	shared   *suites.Shared
	upgrade  *suites.Upgrade // that led to it; nil: none
	resolved []report.Resolved
}

// configure applies the guide to both products.
func (o Options) configure(ctx context.Context, s stack.Stack, p *products, c suites.Cell) (*configured, error) {
	op, err := o.configureAuthentik(ctx, p, c)
	if err != nil {
		return nil, fmt.Errorf("apply %s to authentik: %w", c.Guide.What(), err)
	}
	if o.client != nil {
		if err := p.authentik.Rekey(ctx, op, o.client.id, o.client.secret); err != nil {
			return nil, fmt.Errorf("apply %s to authentik: %w", c.Guide.What(), err)
		}
	}
	rp, err := p.immichAdmin.Configure(ctx, c.Guide, c.Immich, op.ClientID, op.ClientSecret, op.Issuer)
	if err != nil {
		return nil, fmt.Errorf("apply %s to Immich: %w", c.Guide.What(), err)
	}
	done, err := found(ctx, s, p, &suites.Shared{OP: op, RP: rp})
	if err != nil {
		return nil, err
	}
	done.resolve("authentik", append(op.Resolved, op.FormValues...))
	done.resolve("immich", rp.Resolved)
	return done, nil
}

// configureAuthentik makes the provider, or has authentik make it of a blueprint.
func (o Options) configureAuthentik(ctx context.Context, p *products, c suites.Cell) (*authentik.Applied, error) {
	if s := c.Guide.Configuration; s != nil && s.Blueprint != "" {
		a, err := p.authentik.ConfigureBy(ctx, stack.BlueprintPath, s.Blueprint, c.Guide, c.Authentik)
		return a, o.refusedFile(err)
	}
	return p.authentik.Configure(ctx, c.Guide, c.Authentik)
}

// found is a pair as it is configured now, with what was applied to it.
func found(ctx context.Context, s stack.Stack, p *products, shared *suites.Shared) (*configured, error) {
	stored, err := p.immichAdmin.SystemConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read Immich's settings: %w", err)
	}
	text := func(key string) string {
		value, _ := stored.OAuth()[key].(string)
		return value
	}
	provider, err := p.authentik.Provider(ctx, shared.OP.ProviderPK)
	if err != nil {
		return nil, fmt.Errorf("read the provider: %w", err)
	}
	mode, _ := provider["sub_mode"].(string)
	login, _ := stored["passwordLogin"].(map[string]any)
	return &configured{
		admin: p.admin, shared: shared.Renewed(text("scope"), text("signingAlgorithm")),
		world: journey.World{
			AuthentikURL: p.authentikURL, ImmichURL: p.immichURL, HTTP: s.HTTPClient(), Edge: s.Edge(), Bend: s.Edge().Bend,
			Authentik: p.authentik, Immich: p.immich, ImmichAdmin: p.immichAdmin, ButtonText: text("buttonText"), SubjectMode: mode,
			Invited: stored.OAuth()["autoRegister"] == false, NoPassword: login["enabled"] == false,
		},
	}, nil
}

// resolve lists what was chosen for a product.
func (c *configured) resolve(product string, values []guide.Resolved) {
	for _, v := range values {
		c.resolved = append(c.resolved, report.Resolved{
			Product: product, Field: v.Field, Value: v.Value, Reason: v.Reason, Line: v.Line, NotCarried: v.NotCarried,
		})
	}
}
