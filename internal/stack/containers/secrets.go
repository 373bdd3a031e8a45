package containers

import (
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// adminEmail is the address of both administrators.
const adminEmail = "admin@ssoproof.test"

// authentikSecrets are what authentik's database is bootstrapped with. They live as long as the database, so a
// snapshot carries them: throw-away credentials of a throw-away product.
type authentikSecrets struct {
	SecretKey string `json:"secretKey"`
	Token     string `json:"token"`
	Password  string `json:"password"`
	Database  string `json:"database"`
}

// immichSecrets are the same for Immich.
type immichSecrets struct {
	Admin    string `json:"admin"`
	Password string `json:"password"`
	Database string `json:"database"`
}

func newAuthentikSecrets() authentikSecrets {
	return authentikSecrets{SecretKey: rand.Text() + rand.Text(), Token: rand.Text() + rand.Text(), Password: rand.Text(), Database: rand.Text()}
}

func newImmichSecrets() immichSecrets {
	return immichSecrets{Admin: adminEmail, Password: rand.Text(), Database: rand.Text()}
}

// remembered reads secrets from a snapshot's label.
func remembered[S any](snapshot image) (S, error) {
	var secrets S
	if err := json.Unmarshal([]byte(snapshot.labels[labelSecrets]), &secrets); err != nil {
		return secrets, fmt.Errorf("snapshot %s has lost its credentials: %w (start with --fresh)", snapshot.ref, err)
	}
	return secrets, nil
}

// Secrets implements stack.Stack.
func (s *Stack) Secrets() stack.Secrets {
	return stack.Secrets{
		AuthentikToken:      s.authentik.Token,
		AuthentikPassword:   s.authentik.Password,
		ImmichAdminEmail:    s.immich.Admin,
		ImmichAdminPassword: s.immich.Password,
	}
}
