package fakerp

import (
	"net/http"
	"slices"
)

// apiKey is a credential for the API with what it may be used for.
type apiKey struct {
	userID      string
	permissions []string
}

// allowsAll is the permission that holds all others.
const allowsAll = "all"

// routeKeys serves the making of API keys, at the place and in the shape of releases since v1.113.
func (s *Server) routeKeys() {
	s.own("POST /api-keys", "Failed to create API key", func(w http.ResponseWriter, r *http.Request, c caller) error {
		body, err := readBody(r)
		if err != nil {
			return err
		}
		list, _ := body["permissions"].([]any)
		if len(list) == 0 {
			return invalid("permissions should not be empty")
		}
		key := apiKey{userID: c.user.id}
		for _, p := range list {
			name, _ := p.(string)
			key.permissions = append(key.permissions, name)
		}
		secret := s.store.keep(key)
		writeJSON(w, http.StatusCreated, object{"secret": secret, "apiKey": object{"name": body["name"], "permissions": key.permissions}})
		return nil
	})
}

// keep keeps a key and returns its secret.
func (s *store) keep(key apiKey) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	secret := randomToken()
	s.keys[secret] = key
	return secret
}

// callerOf is who calls with a key, as long as the key allows what is asked for. An empty permission is one that only
// a key for everything has.
func (s *Server) callerOf(secret, permission string) (caller, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	key, known := s.store.keys[secret]
	u := s.store.find(byID(key.userID))
	if !known || u == nil {
		return caller{}, refuse(http.StatusUnauthorized, "Invalid API key")
	}
	if permission == "" {
		permission = allowsAll
	}
	if !slices.Contains(key.permissions, permission) && !slices.Contains(key.permissions, allowsAll) {
		return caller{}, refuse(http.StatusForbidden, "Missing required permission: "+permission)
	}
	return caller{user: *u}, nil
}

// permissionOf is the permission of a route that a key can open without being one for everything.
func permissionOf(r *http.Request) string {
	switch r.Method + " " + r.URL.Path {
	case "GET /api/system-config":
		return "systemConfig.read"
	case "PUT /api/system-config":
		return "systemConfig.update"
	}
	return ""
}
