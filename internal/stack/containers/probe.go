package containers

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Waiting limits, sized for a busy two-core machine; on a quiet one each takes 1 to 5 s.
const (
	databaseTimeout = 3 * time.Minute // initdb and, from a snapshot, recovery
	serviceTimeout  = 2 * time.Minute // edge and Chrome
	pollInterval    = 100 * time.Millisecond
	probeTimeout    = 3 * time.Second // of one attempt
)

// waitFor polls until probe is content. Its error says what was missing and why.
func waitFor(ctx context.Context, what string, limit time.Duration, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var last error
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		attempt, cancel := context.WithTimeout(ctx, probeTimeout)
		defer cancel()
		last = probe(attempt)
		return struct{}{}, last
	}, backoff.WithBackOff(backoff.NewConstantBackOff(pollInterval)), backoff.WithMaxElapsedTime(0))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("waited %s for %s: %w", limit, what, last)
	default:
		return fmt.Errorf("waiting for %s was given up: %w", what, err)
	}
}

// ask sends one question over TCP and hands the connection on.
func ask(ctx context.Context, address string, question []byte, read func(net.Conn) error) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write(question); err != nil {
		return err
	}
	return read(conn)
}

// probePostgres asks for TLS, which a server answers with one letter, and where the answer is "no" begins a session:
// a server that still recovers from a snapshot refuses it with code 57P03. A bare connection proves nothing, since the
// engine's proxy accepts it before the server listens.
func probePostgres(ctx context.Context, address string) error {
	return ask(ctx, address, []byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f}, func(conn net.Conn) error {
		answer := make([]byte, 1)
		if _, err := io.ReadFull(conn, answer); err != nil {
			return fmt.Errorf("no answer yet: %w", err)
		}
		switch answer[0] {
		case 'S':
			return nil
		case 'N':
			return beginSession(conn)
		}
		return fmt.Errorf("%s does not speak PostgreSQL's protocol", address)
	})
}

func beginSession(conn net.Conn) error {
	const body = "user\x00ssoproof\x00database\x00ssoproof\x00\x00"
	question := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	question = binary.BigEndian.AppendUint32(question, 3<<16) // protocol 3.0
	if _, err := conn.Write(append(question, body...)); err != nil {
		return err
	}
	answer := make([]byte, 512)
	n, _ := conn.Read(answer) // whatever else it answers, it is up
	if n > 0 && answer[0] == 'E' && bytes.Contains(answer[:n], []byte("57P03")) {
		return errors.New("the database system is starting up")
	}
	return nil
}

// probeValkey wants any good answer to a ping.
func probeValkey(ctx context.Context, address string) error {
	return ask(ctx, address, []byte("PING\r\n"), func(conn net.Conn) error {
		answer := make([]byte, 64)
		n, err := conn.Read(answer)
		if err != nil {
			return fmt.Errorf("no answer yet: %w", err)
		}
		if answer[0] != '+' {
			return fmt.Errorf("it answers %q to a ping", bytes.TrimSpace(answer[:n]))
		}
		return nil
	})
}

// probeChrome asks DevTools for its version.
func probeChrome(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/json/version", nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true} // no proxy: it is our own container
	res, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("DevTools answers %s", res.Status)
	}
	return nil
}
