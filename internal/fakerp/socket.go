package fakerp

import (
	"crypto/sha1" //nolint:gosec // the handshake of WebSockets is made of it
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// handshakeSuffix is what the answer to a key is made with (RFC 6455 §1.3).
const handshakeSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// socket answers the handshake of the WebSocket by which the product tells its pages what happens, and hangs up: nothing
// happens here. Without an upgrade the answer is the product's, who takes it for one of its own polls.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		writeJSON(w, http.StatusBadRequest, object{"code": 3, "message": "Bad request"})
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.fail(w, err, "no connection of its own")
		return
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + handshakeSuffix)) //nolint:gosec // as above
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:])) // fails only if the client has gone
	_ = conn.Close()
}
