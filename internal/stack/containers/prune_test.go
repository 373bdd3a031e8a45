package containers

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPruneRemovesWhatNoContainerUses(t *testing.T) {
	t.Parallel()
	plan(t) // skips without an engine
	e, err := connect(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = e.provider.Close() })
	name := strings.ToLower(rand.Text()[:10])
	kind := "pruned-" + name // no other test's images
	used, unused, other := "ssoproof.test/used:"+name, "ssoproof.test/unused:"+name, "ssoproof.test/other:"+name
	for ref, label := range map[string]string{used: kind, unused: kind, other: "another-" + name} {
		require.NoError(t, BuildImage(t.Context(), ref, "FROM scratch\nLABEL "+labelKind+"="+label+"\nCOPY ssoproof /"+name+"\nCMD [\"/"+name+"\"]\n", []byte(ref)))
		t.Cleanup(func() { _ = RemoveImage(context.Background(), ref) })
	}
	made, err := e.client.ContainerCreate(t.Context(), client.ContainerCreateOptions{Image: used})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, _ = e.client.ContainerRemove(context.Background(), made.ID, client.ContainerRemoveOptions{Force: true})
	})

	removed, err := Prune(t.Context(), kind)
	require.NoError(t, err)
	assert.Equal(t, []string{unused}, removed)
	assert.True(t, HasImage(t.Context(), used))
	assert.True(t, HasImage(t.Context(), other))

	removed, err = Prune(t.Context(), kind)
	require.NoError(t, err)
	assert.Empty(t, removed)
}
