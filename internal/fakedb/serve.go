// Package fakedb doubles the databases that the products need, as far as being reachable goes: who asks whether they
// are up gets the right answer, and nothing is stored. The doubles of the products keep their state in memory.
package fakedb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// serve hands every connection to a handler until ctx ends; then it closes the connections and returns nil.
func serve(ctx context.Context, l net.Listener, handle func(net.Conn) error) error {
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil && errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("accept a connection: %w", err)
		}
		running.Go(func() {
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			defer func() { _ = conn.Close() }()
			_ = handle(conn) // it ends when the client leaves
		})
	}
}
