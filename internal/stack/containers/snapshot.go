package containers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/ssoproof/ssoproof/internal/version"
)

// snapshotFormat changes when a snapshot of an older program would mislead this one.
const snapshotFormat = "2"

// snapshotRepository is never pulled from: .test names do not exist.
const snapshotRepository = "ssoproof.test/snapshot"

// kindSnapshot marks images of bootstrapped databases.
const kindSnapshot = "snapshot"

// database pairs a product with the services that a snapshot of it is made of.
type database struct {
	product  version.Product
	server   string // service of the product
	postgres string // service of its database
}

func databases() []database {
	return []database{{version.Authentik, AuthentikServer, AuthentikPostgres}, {version.Immich, Immich, ImmichPostgres}}
}

// chooseDatabases takes a snapshot where there is one, and new secrets where there is none.
func (s *Stack) chooseDatabases(ctx context.Context, images map[string]image) error {
	s.authentik, s.immich = newAuthentikSecrets(), newImmichSecrets()
	for _, db := range databases() {
		ref := s.snapshotRef(db, images)
		s.snapshots[db.product] = ref
		if s.plan.Fresh {
			continue
		}
		snapshot, err := s.engine.image(ctx, ref)
		if errdefs.IsNotFound(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look for a snapshot of %s: %w", db.product, err)
		}
		var secrets any = &s.authentik
		if db.product == version.Immich {
			secrets = &s.immich
		}
		if err := s.recall(ctx, snapshot.ref, secrets); err != nil {
			return err
		}
		img := images[db.postgres]
		img.snapshot = ref
		images[db.postgres] = img
		s.warm[db.product] = true
	}
	return nil
}

// snapshotRef names a snapshot after all that its content depends on: images, names, and what the version facts say of
// environment and commands. Credentials are no part of it, each snapshot has its own.
func (s *Stack) snapshotRef(db database, images map[string]image) string {
	r := s.plan.Authentik
	if db.product == version.Immich {
		r = s.plan.Immich
	}
	facts, _ := json.Marshal([]any{r.Environment, helper(r, "postgres"), r.Port, r.Media}) // plain texts and numbers
	sum := sha256.Sum256([]byte(strings.Join([]string{
		snapshotFormat, images[db.server].id, images[db.postgres].id, s.plan.AuthentikHost, s.plan.ImmichHost, string(facts),
	}, "\n")))
	return fmt.Sprintf("%s-%s:%s", snapshotRepository, db.product, hex.EncodeToString(sum[:8]))
}

// Snapshot implements stack.Stack: it keeps each database that did not come from a snapshot as an image. The containers
// are paused for a moment; what is kept is what PostgreSQL would find after a crash, which it recovers from.
func (s *Stack) Snapshot(ctx context.Context) error {
	if s.plan.Volumes {
		return nil // an image does not hold what lies in a volume
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, db := range databases() {
		if s.warm[db.product] {
			continue
		}
		group.Go(guarded(func() error {
			if err := s.commit(ctx, db); err != nil {
				return fmt.Errorf("keep the database of %s for the next start: %w", db.product, err)
			}
			return nil
		}))
	}
	return group.Wait()
}

func (s *Stack) commit(ctx context.Context, db database) error {
	s.mu.Lock()
	part := s.parts[db.postgres]
	s.mu.Unlock()
	if part == nil {
		return errors.New("it is not running")
	}
	// A checkpoint spares the next start its recovery; a server without psql does without.
	_, _, _ = part.container.Exec(ctx, []string{"psql", "-U", string(db.product), "-d", string(db.product), "-qc", "CHECKPOINT"})
	labels, err := s.snapshotLabels(ctx, db, part)
	if err != nil {
		return err
	}
	if err := s.remember(ctx, db, part); err != nil {
		return err
	}
	ref := s.snapshots[db.product]
	old, oldErr := s.engine.image(ctx, ref)
	made, err := s.engine.client.ContainerCommit(ctx, part.container.GetContainerID(), client.ContainerCommitOptions{
		Reference: ref, Comment: "bootstrapped database of " + imageOf(s.plan, db.server),
		// The container's environment would be inherited, and with it the password.
		Config: &container.Config{Labels: labels, Env: []string{"POSTGRES_PASSWORD="}},
	})
	if err != nil {
		return err
	}
	if oldErr == nil && old.id != made.ID {
		// Another run may still use it; then it stays.
		_, _ = s.engine.client.ImageRemove(ctx, old.id, client.ImageRemoveOptions{})
	}
	return nil
}

// snapshotLabels are the labels of a snapshot. The container's own would be inherited and make the reaper remove the
// image with the run, so each is emptied.
func (s *Stack) snapshotLabels(ctx context.Context, db database, part *running) (map[string]string, error) {
	found, err := part.container.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	labels := map[string]string{}
	for name := range found.Config.Labels {
		labels[name] = ""
	}
	labels[labelKind], labels[labelService] = kindSnapshot, db.postgres
	return labels, nil
}
