package fakedb

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// The limits of a command, far above those of a ping.
const (
	maxArguments = 16
	maxArgument  = 1 << 10 // bytes
)

// ServeValkey answers PING, inline and as a RESP array, with PONG, and every other command with an error.
func ServeValkey(ctx context.Context, l net.Listener) error { return serve(ctx, l, talkValkey) }

func talkValkey(conn net.Conn) error {
	r := bufio.NewReader(conn)
	for {
		command, err := readCommand(r)
		if err != nil {
			return err
		}
		reply := "-ERR this is a double of Valkey: it keeps no data\r\n"
		if strings.EqualFold(command, "PING") {
			reply = "+PONG\r\n"
		}
		if _, err := io.WriteString(conn, reply); err != nil {
			return err
		}
	}
}

// readCommand reads a command and returns its name.
func readCommand(r *bufio.Reader) (string, error) {
	line, err := readLine(r)
	if err != nil {
		return "", err
	}
	count, isArray := strings.CutPrefix(line, "*")
	if !isArray {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		return name, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > maxArguments {
		return "", fmt.Errorf("%q is not a command", line)
	}
	var name string
	for i := range n {
		argument, err := readBulk(r)
		if err != nil {
			return "", err
		}
		if i == 0 {
			name = argument
		}
	}
	return name, nil
}

// readBulk reads a bulk string.
func readBulk(r *bufio.Reader) (string, error) {
	line, err := readLine(r)
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimPrefix(line, "$"))
	if err != nil || n < 0 || n > maxArgument {
		return "", fmt.Errorf("%q is not the length of an argument", line)
	}
	argument := make([]byte, n+len("\r\n"))
	if _, err := io.ReadFull(r, argument); err != nil {
		return "", fmt.Errorf("read an argument: %w", err)
	}
	return string(argument[:n]), nil
}

func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n') // fails on a line that is longer than the buffer
	if err != nil {
		return "", fmt.Errorf("read a line: %w", err)
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}
