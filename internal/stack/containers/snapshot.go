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
const snapshotFormat = "1"

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
		if db.product == version.Authentik {
			s.authentik, err = remembered[authentikSecrets](snapshot)
		} else {
			s.immich, err = remembered[immichSecrets](snapshot)
		}
		if err != nil {
			return err
		}
		img := images[db.postgres]
		img.snapshot = ref
		images[db.postgres] = img
		s.warm[db.product] = true
	}
	return nil
}

// snapshotRef names a snapshot after all that its content depends on.
func (s *Stack) snapshotRef(db database, images map[string]image) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		snapshotFormat, images[db.server].id, images[db.postgres].id, s.plan.AuthentikHost, s.plan.ImmichHost,
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
	ref := s.snapshots[db.product]
	old, oldErr := s.engine.image(ctx, ref)
	made, err := s.engine.client.ContainerCommit(ctx, part.container.GetContainerID(), client.ContainerCommitOptions{
		Reference: ref, Comment: "bootstrapped database of " + imageOf(s.plan, db.server),
		Config: &container.Config{Labels: labels},
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
	var secrets any = s.authentik
	if db.product == version.Immich {
		secrets = s.immich
	}
	raw, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	labels[labelKind], labels[labelService], labels[labelSecrets] = kindSnapshot, db.postgres, string(raw)
	return labels, nil
}
