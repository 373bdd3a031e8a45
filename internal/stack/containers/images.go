package containers

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Names of the services, as Plan.Images, the report and the log files use them.
const (
	AuthentikServer   = "authentik-server"
	AuthentikWorker   = "authentik-worker"
	AuthentikPostgres = "authentik-postgres"
	Immich            = "immich"
	ImmichPostgres    = "immich-postgres"
	Valkey            = "valkey"
	Edge              = "edge"
	Browser           = "browser"
)

// authentik names server and worker at once in Plan.Images.
const authentik = "authentik"

// browserImage is a Chrome without a window that listens for DevTools on port 9222 of all interfaces.
const browserImage = "docker.io/chromedp/headless-shell:stable"

// ImageNames lists the names that Plan.Images may use.
func ImageNames() []string {
	return []string{authentik, AuthentikServer, AuthentikWorker, AuthentikPostgres, Immich, ImmichPostgres, Valkey, Edge, Browser}
}

// imageOf is the image of a service in a plan; empty where the plan leaves it open.
func imageOf(plan stack.Plan, service string) string {
	if image := plan.Images[service]; image != "" {
		return image
	}
	switch service {
	case AuthentikServer, AuthentikWorker:
		if image := plan.Images[authentik]; image != "" {
			return image
		}
		return plan.Authentik.Image
	case AuthentikPostgres:
		return helper(plan.Authentik, "postgres").Image
	case Immich:
		return plan.Immich.Image
	case ImmichPostgres:
		return helper(plan.Immich, "postgres").Image
	case Valkey:
		return helper(plan.Immich, "valkey").Image
	case Browser:
		return browserImage
	}
	return ""
}

// OfficialImage is the image that a product's service has where nobody replaces it; empty for what belongs to no product.
func OfficialImage(plan stack.Plan, service string) string {
	if service == Edge || service == Browser {
		return ""
	}
	plan.Images = nil
	return imageOf(plan, service)
}

// helper is a container that a release needs beside itself.
func helper(r *version.Release, name string) version.Service {
	for _, s := range r.Services {
		if s.Name == name {
			return s
		}
	}
	return version.Service{Name: name}
}

// Missing lists the images of a plan that are not on the engine and would have to be pulled. Chrome's is left out:
// a Chrome on the host can stand in for it.
func Missing(ctx context.Context, plan stack.Plan) ([]string, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	var missing []string
	for _, service := range []string{AuthentikServer, AuthentikPostgres, Immich, ImmichPostgres, Valkey, Edge} {
		image := imageOf(plan, service)
		if image == "" {
			continue // the edge's is made here
		}
		if _, err := e.image(ctx, image); errdefs.IsNotFound(err) {
			missing = append(missing, image)
		} else if err != nil {
			return nil, unavailable("look for image "+image, err)
		}
	}
	return missing, nil
}

// image is what the engine knows of an image.
type image struct {
	ref      string
	id       string
	digest   string // of the manifest where it came from a registry, else the ID
	pulled   string // of the manifest that a registry gave out for this very repository; empty: none did
	cmd      []string
	labels   map[string]string
	snapshot string // image of the same with a bootstrapped database in it
}

// run is the reference to start.
func (i image) run() string { return cmp.Or(i.snapshot, i.ref) }

func (e *engine) image(ctx context.Context, ref string) (image, error) {
	found, err := e.client.ImageInspect(ctx, ref)
	if err != nil {
		return image{}, err
	}
	img := image{ref: ref, id: found.ID, digest: found.ID}
	for i, full := range found.RepoDigests {
		repository, digest, _ := strings.Cut(full, "@")
		if i == 0 {
			img.digest = digest
		}
		if repositoryOf(repository) == repositoryOf(ref) {
			img.digest, img.pulled = digest, digest
		}
	}
	if found.Config != nil {
		img.cmd, img.labels = found.Config.Cmd, found.Config.Labels
	}
	return img, nil
}

// repositoryOf is the repository of a reference in full: registry and path, without tag and digest.
func repositoryOf(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if i := strings.LastIndex(ref, ":"); i > strings.LastIndex(ref, "/") {
		ref = ref[:i]
	}
	first, rest, hasPath := strings.Cut(ref, "/")
	switch {
	case !hasPath:
		return "docker.io/library/" + ref
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		return "docker.io/" + ref
	case first == "index.docker.io":
		return "docker.io/" + rest
	}
	return ref
}

// ensure returns an image and pulls it where it is not here yet. tell hears how far a pull has come.
func (e *engine) ensure(ctx context.Context, service, ref string, tell func(string)) (image, error) {
	if ref == "" {
		return image{}, fmt.Errorf("no image is known for service %s: name one with --image %s=REF", service, service)
	}
	img, err := e.image(ctx, ref)
	if err == nil {
		return img, nil
	}
	if errdefs.IsNotFound(err) {
		if err = (puller{e.client, stallLimit}).pull(ctx, ref, tell); err == nil {
			img, err = e.image(ctx, ref)
		}
	}
	if err != nil {
		return image{}, fmt.Errorf("image %s of service %s cannot be had: %w (pull it by hand, or name another with --image %s=REF)",
			ref, service, oneLine{err}, service)
	}
	return img, nil
}
