package containers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// stallLimit is how long a pull may go on without any news; what was said before is none. Slow lines have them every
// second; while a large layer is unpacked on a busy disk they can stay out for a minute or two.
const stallLimit = 5 * time.Minute

// puller pulls images through an engine.
type puller struct {
	client client.ImageAPIClient
	stall  time.Duration
}

// pull is done here and not by testcontainers, which takes a refused pull for a good one and retries for minutes
// where there is no network. tell hears how far it has come.
func (p puller) pull(ctx context.Context, ref string, tell func(string)) error {
	quiet()
	var options client.ImagePullOptions
	if _, auth, err := testcontainers.DockerImageAuth(ctx, ref); err == nil {
		options.RegistryAuth, err = authconfig.Encode(auth)
		if err != nil {
			return fmt.Errorf("encode the registry's credentials: %w", err)
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	registry, _, _ := strings.Cut(repositoryOf(ref), "/")
	stalled := time.AfterFunc(p.stall, func() { cancel(fmt.Errorf("nothing came from %s for %s", registry, p.stall)) })
	defer stalled.Stop()

	err := p.follow(ctx, ref, options, func(s string) { stalled.Reset(p.stall); tell(s) })
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// follow reads the news of a pull to its end.
func (p puller) follow(ctx context.Context, ref string, options client.ImagePullOptions, tell func(string)) error {
	response, err := p.client.ImagePull(ctx, ref, options)
	if err != nil {
		return err
	}
	var l layers
	for message, err := range response.JSONMessages(ctx) {
		switch {
		case err != nil:
			return err
		case message.Error != nil:
			return errors.New(message.Error.Message)
		}
		if l.hear(message) {
			tell(l.String())
		}
	}
	return ctx.Err() // a stream that was closed for it ends like a good one
}

// layers is how far the layers of an image have come.
type layers struct {
	sizes, loaded map[string]int64 // in bytes, of what is downloaded
	last          map[string]said  // what was said last
}

// said is what a message says of a layer.
type said struct {
	status  string
	current int64
}

// hear reports whether a message is news: engines that store images as containerd does say many times a second how far
// each layer is, whether anything came or not.
func (l *layers) hear(m jsonstream.Message) (news bool) {
	if l.last == nil {
		l.sizes, l.loaded, l.last = map[string]int64{}, map[string]int64{}, map[string]said{}
	}
	now := said{status: m.Status}
	if m.Progress != nil {
		now.current = m.Progress.Current
	}
	if before, known := l.last[m.ID]; known && before == now {
		return false
	}
	l.last[m.ID] = now
	switch {
	case m.Status == "Downloading" && m.Progress != nil:
		l.loaded[m.ID] = m.Progress.Current
		l.sizes[m.ID] = max(m.Progress.Total, m.Progress.Current)
	case m.Status == "Download complete" || m.Status == "Pull complete":
		l.loaded[m.ID] = l.sizes[m.ID]
	}
	return true
}

// String is what is loaded of what is known to be there: layers whose download has not begun are not in it.
func (l *layers) String() string {
	var loaded, size int64
	for id, n := range l.sizes {
		loaded, size = loaded+l.loaded[id], size+n
	}
	switch {
	case size == 0:
		return "asking the registry"
	case loaded == size:
		return fmt.Sprintf("%d MB loaded, unpacking", size/1e6)
	default:
		return fmt.Sprintf("%d of %d MB", loaded/1e6, size/1e6)
	}
}
