// Package sample has one of each that can be edited.
package sample

import (
	"net/http"
	"strings"
	"time"
)

type server struct{ faults map[string]bool }

func (s *server) lives() time.Duration { return 30 * time.Second }

func (s *server) allowed(asked, registered string) bool {
	if s.faults["open"] {
		return true
	}
	return asked == registered && len(asked) > 3 && !s.faults["closed"]
}

func answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.SetCookie(w, &http.Cookie{Name: strings.ToLower(r.FormValue("name")), HttpOnly: true})
	switch {
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
	}
}
