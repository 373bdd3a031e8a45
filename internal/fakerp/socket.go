package fakerp

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// socketRoute is where Immich's web app listens, by Socket.IO over a WebSocket.
const socketRoute = "GET /api/socket.io/"

// The packets of Engine.IO 4 and Socket.IO 5 that a page is sent, and the one that it answers with.
const (
	packetOpen    = `0{"sid":"double","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
	packetConnect = "40"
	packetEvent   = "42"
)

// socket tells a page first the version, which the product says when it has joined it with its session, and then the end
// of the session. The handshake is anybody's: without an upgrade the answer is the product's, who takes it for one of its own
// polls. A page of a double is not open long enough to be pinged.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		writeJSON(w, http.StatusBadRequest, object{"code": 3, "message": "Bad request"})
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has answered
	}
	defer func() { _ = conn.CloseNow() }()
	say := func(packet string) bool { return conn.Write(r.Context(), websocket.MessageText, []byte(packet)) == nil }
	if !say(packetOpen) {
		return
	}
	if _, packet, err := conn.Read(r.Context()); err != nil || string(packet) != packetConnect {
		return
	}
	c, err := s.authenticate(r)
	if err != nil {
		return // as the product, which looks at the session when the handshake is over
	}
	if !say(packetConnect+`{"sid":"double"}`) || !say(event("on_server_version", s.version())) {
		return
	}
	select {
	case <-c.session.over:
		_ = say(event("on_session_delete", "session"))
	case <-conn.CloseRead(r.Context()).Done():
	}
}

// event is the packet of an event.
func event(name string, about any) string {
	text, _ := json.Marshal([]any{name, about}) // it always encodes
	return packetEvent + string(text)
}

// tellPages tells the open pages of sessions that these have ended.
func (s *Server) tellPages(ended []session) {
	if s.faulty(endUntold) {
		return
	}
	for _, one := range ended {
		close(one.over)
	}
}
