package suites

import (
	"context"
	"fmt"

	"github.com/ssoproof/ssoproof/internal/check"
)

// switchFlow gives the shared provider another authorization flow for the length of the check.
func (e *Env) switchFlow(t *check.T, flow string) {
	restore, err := e.World.Authentik.SwitchFlow(t.Context(), e.Shared.OP.ProviderPK, flow)
	if restore != nil {
		t.Cleanup(restore)
	}
	t.Block(err)
	t.Add("the authorization flow " + flow + ", which " + e.Guide.What() + " leaves to the reader")
}

// changeImmich changes keys of Immich's OAuth settings for the length of the check.
func (e *Env) changeImmich(t *check.T, keys map[string]any) { e.changeSection(t, "oauth", keys) }

// changeSection does the same in any part of Immich's settings.
func (e *Env) changeSection(t *check.T, section string, keys map[string]any) {
	before, err := e.ImmichAdmin.SystemConfig(t.Context())
	t.Block(err)
	kept := map[string]any{}
	for key, value := range keys {
		kept[key] = before.Section(section)[key]
		before.Section(section)[key] = value
	}
	t.Cleanup(func(ctx context.Context) error { return e.restoreImmich(ctx, section, kept) })
	after, err := e.ImmichAdmin.PutSystemConfig(t.Context(), before)
	t.Block(err)
	for key, value := range keys {
		if after.Section(section)[key] != value {
			t.Block(fmt.Errorf("Immich did not take %s.%s=%v", section, key, value))
		}
	}
}

func (e *Env) restoreImmich(ctx context.Context, section string, kept map[string]any) error {
	config, err := e.ImmichAdmin.SystemConfig(ctx)
	if err != nil {
		return fmt.Errorf("give Immich its settings back: %w", err)
	}
	for key, value := range kept {
		config.Section(section)[key] = value
	}
	after, err := e.ImmichAdmin.PutSystemConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("give Immich its settings back: %w", err)
	}
	for key, value := range kept {
		if after.Section(section)[key] != value {
			return fmt.Errorf("Immich did not take %s.%s back", section, key)
		}
	}
	return nil
}
