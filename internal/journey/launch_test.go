package journey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// A launch that cannot end well ends when that can be seen, and not with the time.
func TestALaunchEndsWithWhatIsSeen(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, test := range map[string]struct {
		spoil     func(*testing.T, *pair) // when the library is open
		says      string
		stoppedAt string
	}{
		"well": {spoil: func(*testing.T, *pair) {}},
		"without a session": {
			spoil: func(t *testing.T, p *pair) { p.fault(t, "cookies-not-set") },
			says:  "Immich answered /api/oauth/callback well and set no cookie of a session",
		},
		"refused by authentik": {
			spoil: func(t *testing.T, p *pair) {
				require.NoError(t, p.world.Authentik.PatchProvider(ctx, p.op.ProviderPK, map[string]any{"redirect_uris": []map[string]string{
					{"matching_mode": "strict", "url": "https://immich.company/elsewhere"},
				}}))
			},
			says: `authentik shows "Redirect URI Error"`,
		},
		"refused by Immich": {
			spoil: func(t *testing.T, p *pair) { p.set(t, "clientSecret", "another") },
			says:  "Immich answered /api/oauth/callback with 500",
		},
		"not begun": {
			spoil: func(t *testing.T, p *pair) { p.set(t, "issuerUrl", "https://authentik.company/nothing/here/") },
			says:  "Immich answered /api/oauth/authorize with 500",
		},
		"at the form": {
			spoil:     func(t *testing.T, p *pair) { p.fault(t, "launch-request-ignored") },
			stoppedAt: browser.ImmichPasswordForm.Name,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := doubles(t, func(g *guide.Settings) {
				g.LaunchURL = &guide.Value{Value: "https://immich.company" + journey.LoginPath + "?autoLaunch=1"}
			})
			w, _, user := p.fresh(t)
			visitor := w.Visitor()
			_, err := w.WebLoginAs(ctx, visitor, user)
			require.NoError(t, err)
			p.browse(t, func(ctx context.Context, s *browser.Session) {
				_, err := w.Tile(ctx, s, visitor, p.op.Name)
				require.True(t, err == nil || s.Disturbed() != nil, err)
				test.spoil(t, p)
				launched, err := w.Launch(ctx, s, p.op.Name)
				switch {
				case s.Disturbed() != nil:
				case test.says != "":
					assert.ErrorContains(t, err, test.says)
				case assert.NoError(t, err):
					assert.Equal(t, test.stoppedAt, launched.StoppedAt)
					assert.Equal(t, test.stoppedAt == "", launched.Session != nil)
				}
			})
		})
	}
}
