package fakedb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// The codes of the requests that ask for an encrypted connection (PostgreSQL's protocol 3.0, "Message Formats").
const (
	sslRequest    = 80877103
	gssEncRequest = 80877104
	maxStartup    = 10000 // bytes of a startup packet that PostgreSQL accepts
)

// ServePostgres answers PostgreSQL's opening: no to encryption, and to the start of a session that it keeps no data.
func ServePostgres(ctx context.Context, l net.Listener) error { return serve(ctx, l, openPostgres) }

func openPostgres(conn net.Conn) error {
	for {
		var head struct{ Length, Code uint32 }
		if err := binary.Read(conn, binary.BigEndian, &head); err != nil {
			return fmt.Errorf("read a startup packet: %w", err)
		}
		if head.Length < 8 || head.Length > maxStartup {
			return errors.New("not a startup packet")
		}
		if _, err := io.CopyN(io.Discard, conn, int64(head.Length-8)); err != nil {
			return fmt.Errorf("read a startup packet: %w", err)
		}
		if head.Code != sslRequest && head.Code != gssEncRequest {
			_, err := conn.Write(fatal("0A000", "this is a double of PostgreSQL: it keeps no data"))
			return err
		}
		if _, err := conn.Write([]byte("N")); err != nil {
			return err
		}
	}
}

// fatal is an ErrorResponse with an SQLSTATE.
func fatal(code, message string) []byte {
	var fields bytes.Buffer
	fmt.Fprintf(&fields, "SFATAL\x00VFATAL\x00C%s\x00M%s\x00\x00", code, message)
	packet := binary.BigEndian.AppendUint32([]byte("E"), uint32(4+fields.Len()))
	return append(packet, fields.Bytes()...)
}
