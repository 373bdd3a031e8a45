package edge

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogStaysBounded(t *testing.T) {
	t.Parallel()
	l := newExchangeLog()
	body := make([]byte, 1<<20)
	for range maxBodies>>20 + 10 {
		l.add(Exchange{ResponseBody: body})
	}
	items, _ := l.since(0)
	require.Len(t, items, maxBodies>>20+10)
	assert.Nil(t, items[9].ResponseBody, "the oldest bodies go first")
	assert.True(t, items[9].Truncated)
	assert.NotNil(t, items[10].ResponseBody)

	for range maxExchanges + trimStep {
		l.add(Exchange{})
	}
	items, _ = l.since(0)
	require.Less(t, len(items), maxExchanges+trimStep)
	require.GreaterOrEqual(t, len(items), maxExchanges)
	assert.Equal(t, l.newest(), items[len(items)-1].ID)
	assert.Equal(t, l.newest()-int64(len(items))+1, items[0].ID)
	assert.Less(t, l.bodies, maxBodies, "bodies of dropped exchanges no longer count")
	items, _ = l.since(l.newest() - 3)
	require.Len(t, items, 3)
	assert.Equal(t, l.newest()-2, items[0].ID)
	items, _ = l.since(l.newest() + 5)
	assert.Empty(t, items)
}

func TestFailedHandshakesStayBounded(t *testing.T) {
	t.Parallel()
	e, err := New(Config{})
	require.NoError(t, err)
	for range 3 * maxHandshakes {
		e.handshakes.add(FailedHandshake{})
	}
	e.handshakes.add(FailedHandshake{Name: "newest"})
	failed, err := e.FailedHandshakes(t.Context())
	require.NoError(t, err)
	assert.LessOrEqual(t, len(failed), maxHandshakes)
	assert.GreaterOrEqual(t, len(failed), maxHandshakes/2)
	assert.Equal(t, "newest", failed[len(failed)-1].Name)
}
