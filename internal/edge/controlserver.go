package edge

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// maxWait bounds one long poll, so that nothing between client and edge takes it for dead.
const maxWait = 20 * time.Second

// ControlHandler serves Control over HTTP to those who have the token:
//
//	GET    /health             204, needs no token
//	GET    /last               {"last": n}
//	GET    /exchanges?after=n  one Exchange a line; with wait=1 it waits a while until there is one
//	GET    /handshakes         those that failed, a list of FailedHandshake
//	POST   /bends              a Fault; answers {"id": n}
//	DELETE /bends/n            switches it off
//	GET    /tunnel?to=a:n      a connection to a part of the stack, by "Upgrade: tcp"
func (e *Edge) ControlHandler(token string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /last", e.serveLast)
	mux.HandleFunc("GET /exchanges", e.serveExchanges)
	mux.HandleFunc("GET /handshakes", e.serveHandshakes)
	mux.HandleFunc("POST /bends", e.serveBend)
	mux.HandleFunc("DELETE /bends/{id}", e.serveRestore)
	mux.HandleFunc("GET /tunnel", e.serveTunnel)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			http.Error(w, "the control port needs the run's token", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (e *Edge) serveLast(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(lastAnswer{e.log.newest()})
}

func (e *Edge) serveExchanges(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		http.Error(w, "after: want the ID of an exchange", http.StatusBadRequest)
		return
	}
	items, _ := e.log.since(after)
	if len(items) == 0 && r.URL.Query().Has("wait") {
		ctx, cancel := context.WithTimeout(r.Context(), maxWait)
		defer cancel()
		items, _ = e.next(ctx, after) // nothing yet is an empty answer
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := json.NewEncoder(w)
	for i := range items {
		if out.Encode(&items[i]) != nil {
			return // the client went away
		}
	}
}

func (e *Edge) serveHandshakes(w http.ResponseWriter, r *http.Request) {
	failed, _ := e.FailedHandshakes(r.Context()) // an edge in this process cannot fail to tell
	_ = json.NewEncoder(w).Encode(failed)
}

func (e *Edge) serveBend(w http.ResponseWriter, r *http.Request) {
	var f Fault
	if err := json.NewDecoder(r.Body).Decode(&f); err != nil {
		http.Error(w, "not a fault: "+err.Error(), http.StatusBadRequest)
		return
	}
	id, err := e.bends.add(f)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(bendAnswer{id})
}

func (e *Edge) serveRestore(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		http.Error(w, "not the id of a fault", http.StatusBadRequest)
		return
	}
	e.bends.remove(id)
	w.WriteHeader(http.StatusNoContent)
}

type lastAnswer struct {
	Last int64 `json:"last"`
}

type bendAnswer struct {
	ID int `json:"id"`
}
