package browser

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Screenshot is a JPEG of what the tab shows. Passwords and every text given to Hide are blotted out first; where
// that fails there is no picture.
func (s *Session) Screenshot(ctx context.Context) ([]byte, error) {
	secrets, err := json.Marshal(s.secrets)
	if err != nil {
		return nil, err
	}
	if _, err := evaluate[bool](ctx, s, "blot("+string(secrets)+")"); err != nil {
		return nil, fmt.Errorf("blot out secrets: %w", err)
	}
	quality, fast := int64(60), true
	shot, err := chromedp.Call(s.in(ctx), page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatJpeg, Quality: &quality, OptimizeForSpeed: &fast,
	})
	if err != nil {
		return nil, fmt.Errorf("take a screenshot: %w", s.waitError(ctx, err))
	}
	return shot.Data, nil
}
