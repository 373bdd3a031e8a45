package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

const (
	shotTries = 10              // a page that is just being replaced is taken again
	undoLimit = 5 * time.Second // for a busy two-core machine
)

// Screenshot is a JPEG of what the tab shows. Passwords and every text given to Hide are blotted out for as long as
// that takes, then the page is as it was; where that fails there is no picture.
func (s *Session) Screenshot(ctx context.Context) (picture []byte, err error) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for range shotTries {
		if picture, err = s.shoot(ctx); err == nil {
			return picture, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return nil, fmt.Errorf("take a screenshot: %w", err)
}

func (s *Session) shoot(ctx context.Context) ([]byte, error) {
	blotted, err := s.blot(ctx)
	if err != nil {
		return nil, fmt.Errorf("blot out secrets: %w", err)
	}
	quality, fast := int64(60), true
	shot, err := call(ctx, s, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatJpeg, Quality: &quality, OptimizeForSpeed: &fast,
	})
	// Where the page is another one by now, nothing was blotted out of it.
	if undone := s.unblot(ctx, blotted); undone != nil && err == nil {
		err = fmt.Errorf("the page changed: %w", undone)
	}
	if err != nil {
		return nil, err
	}
	return shot.Data, nil
}

// blot hides secrets and returns the function of the page that shows them again.
func (s *Session) blot(ctx context.Context) (runtime.RemoteObjectID, error) {
	expression, err := expression("", "blot", []any{s.secrets}, "")
	if err != nil {
		return "", err
	}
	undo, err := s.run(ctx, expression, false)
	if err != nil {
		return "", err
	}
	return undo.ObjectID, nil
}

// unblot is due in any case: a person goes on with this page.
func (s *Session) unblot(ctx context.Context, undo runtime.RemoteObjectID) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoLimit)
	defer cancel()
	result, err := call(ctx, s, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		ObjectID: undo, FunctionDeclaration: "function() { this(); }",
	})
	if err != nil {
		return err
	}
	return exception(result.ExceptionDetails)
}
