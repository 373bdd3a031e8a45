package authentik_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

func TestValidity(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"minutes=1": time.Minute, "hours=1;minutes=5": 65 * time.Minute, "days=0.5": 12 * time.Hour, "": 0, "minutes": 0, "years=1": 0,
	} {
		got, err := authentik.Validity(text)
		assert.Equal(t, want == 0, err != nil, "%q: %v", text, err)
		assert.Equal(t, want, got, "%q", text)
	}
}
