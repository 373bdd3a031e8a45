package containers

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
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

// secretsPath is the file of a snapshot that holds what its database was bootstrapped with. It is a file, which only root
// of a container of that image reads, and neither a label nor a variable, which the engine shows to everybody.
const secretsPath = "/ssoproof-secrets.json"

// remember puts the secrets of a product into the container of its database.
func (s *Stack) remember(ctx context.Context, db database, part *running) error {
	var secrets any = s.authentik
	if db.product == version.Immich {
		secrets = s.immich
	}
	raw, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	return part.container.CopyToContainer(ctx, raw, secretsPath, 0o400)
}

// recall reads the secrets of a snapshot into a value, through a container that is made and never started.
func (s *Stack) recall(ctx context.Context, ref string, secrets any) error {
	lost := func(err error) error {
		return fmt.Errorf("snapshot %s has lost its credentials: %w (start with --fresh)", ref, err)
	}
	whole, cancel := uninterrupted(ctx)
	defer cancel()
	made, err := s.engine.client.ContainerCreate(whole, client.ContainerCreateOptions{
		Config: &container.Config{Image: ref, Cmd: []string{"true"}, Labels: s.labels("snapshot")},
	})
	if err != nil {
		return lost(err)
	}
	defer func() {
		_, _ = s.engine.client.ContainerRemove(whole, made.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	}()
	copied, err := s.engine.client.CopyFromContainer(whole, made.ID, client.CopyFromContainerOptions{SourcePath: secretsPath})
	if err != nil {
		return lost(err)
	}
	defer copied.Content.Close()
	archive := tar.NewReader(copied.Content)
	if _, err := archive.Next(); err != nil {
		return lost(err)
	}
	if err := json.NewDecoder(archive).Decode(secrets); err != nil {
		return lost(err)
	}
	return nil
}

// Secrets implements stack.Stack.
func (s *Stack) Secrets() stack.Secrets {
	return stack.Secrets{
		AuthentikToken:      s.authentik.Token,
		AuthentikPassword:   s.authentik.Password,
		ImmichAdminEmail:    s.immich.Admin,
		ImmichAdminPassword: s.immich.Password,
		Internal:            []string{s.authentik.SecretKey, s.authentik.Database, s.immich.Database},
		Control:             s.token,
	}
}
