package edge

import (
	"context"
	"fmt"
	"sync"
)

// Limits of what an edge keeps in memory. A catalogue run makes some thousands of exchanges and a few MiB of bodies; a
// stack that is kept for days must not grow.
const (
	maxExchanges = 50_000
	trimStep     = 1_000    // exchanges are dropped so many at a time, or each would cost a copy of all
	maxBodies    = 32 << 20 // bytes of all bodies together; the oldest are dropped first
)

// exchangeLog keeps the newest exchanges and wakes those who wait for one. IDs have no gaps.
type exchangeLog struct {
	mu       sync.Mutex
	items    []Exchange
	last     int64         // ID of the newest
	stripped int           // items[:stripped] have lost their bodies
	bodies   int           // bytes of the bodies kept
	changed  chan struct{} // closed at the next exchange
}

func newExchangeLog() *exchangeLog { return &exchangeLog{changed: make(chan struct{})} }

// add numbers and keeps an exchange.
func (l *exchangeLog) add(x Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	x.ID = l.last
	l.items = append(l.items, x)
	l.bodies += len(x.RequestBody) + len(x.ResponseBody)
	l.trim()
	close(l.changed)
	l.changed = make(chan struct{})
}

// trim keeps the limits. The caller holds the lock.
func (l *exchangeLog) trim() {
	for l.bodies > maxBodies && l.stripped < len(l.items) {
		x := &l.items[l.stripped]
		if size := len(x.RequestBody) + len(x.ResponseBody); size > 0 {
			l.bodies -= size
			x.RequestBody, x.ResponseBody, x.Truncated = nil, nil, true
		}
		l.stripped++
	}
	if excess := len(l.items) - maxExchanges; excess >= trimStep {
		for _, x := range l.items[:excess] {
			l.bodies -= len(x.RequestBody) + len(x.ResponseBody)
		}
		l.items = append([]Exchange(nil), l.items[excess:]...)
		l.stripped = max(0, l.stripped-excess)
	}
}

// since returns a copy of the exchanges above after, and a channel that is closed at the next one.
func (l *exchangeLog) since(after int64) ([]Exchange, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(max(0, l.last-after), int64(len(l.items)))
	return append([]Exchange(nil), l.items[int64(len(l.items))-n:]...), l.changed
}

func (l *exchangeLog) newest() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Exchanges implements Reader.
func (e *Edge) Exchanges(_ context.Context, after int64) ([]Exchange, error) {
	items, _ := e.log.since(after)
	return items, nil
}

// Last implements Reader.
func (e *Edge) Last(context.Context) (int64, error) { return e.log.newest(), nil }

// Find implements Reader.
func (e *Edge) Find(ctx context.Context, after int64, what string, match func(*Exchange) bool) (*Exchange, error) {
	return find(ctx, after, what, match, e.next)
}

// next returns the exchanges above after; it waits until there is at least one.
func (e *Edge) next(ctx context.Context, after int64) ([]Exchange, error) {
	for {
		items, changed := e.log.since(after)
		if len(items) > 0 {
			return items, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// find searches what next delivers, batch by batch.
func find(ctx context.Context, after int64, what string, match func(*Exchange) bool,
	next func(context.Context, int64) ([]Exchange, error),
) (*Exchange, error) {
	seen := 0
	for {
		items, err := next(ctx, after)
		if err != nil {
			return nil, fmt.Errorf("no exchange was %s among the %d recorded since: %w", what, seen, err)
		}
		for i := range items {
			if match(&items[i]) {
				return &items[i], nil
			}
		}
		seen += len(items)
		if len(items) > 0 {
			after = items[len(items)-1].ID
		}
	}
}
