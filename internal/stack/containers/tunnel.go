package containers

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// tunnelled are the parts that the harness talks to and that publish no port: it reaches them through the edge's control
// port, which asks for the run's token.
func tunnelled() []string {
	return []string{
		address(AuthentikPostgres, pgPort), address(ImmichPostgres, pgPort), address(Valkey, valkeyPort), address(Browser, chromePort),
	}
}

func address(service string, port int) string { return net.JoinHostPort(service, strconv.Itoa(port)) }

// forward gives a part of the stack an address on this machine's loopback interface, until the stack closes.
func (s *Stack) forward(ctx context.Context, service string, port int) (string, error) {
	select {
	case <-s.edgeUp:
	case <-ctx.Done():
		return "", fmt.Errorf("reach %s: %w", service, context.Cause(ctx))
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("reach %s: %w", service, err)
	}
	context.AfterFunc(s.life, func() { _ = listener.Close() })
	s.followers.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // closed
			}
			s.followers.Go(func() { s.pipe(near, address(service, port)) })
		}
	})
	return listener.Addr().String(), nil
}

// pipe joins a connection with its part, as long as both and the stack last.
func (s *Stack) pipe(near net.Conn, to string) {
	stop := context.AfterFunc(s.life, func() { _ = near.Close() })
	defer stop()
	far, err := s.control.Tunnel(s.life, to)
	if err != nil {
		_ = near.Close()
		return
	}
	edge.Join(near, far, nil)
}
