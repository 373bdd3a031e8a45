package plain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/plain"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"two\nlines\tand ümlauts":                     "two\nlines\tand ümlauts",
		"\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07": "red bell",
		"::error file=a::forged":                      ": :error file=a::forged",
		"first\n   ::add-mask::x":                     "first\n   : :add-mask::x",
		"in the middle ##[error]x":                    "in the middle # #[error]x",
		"an address [::1]:443 stays":                  "an address [::1]:443 stays",
		"right\u202eto\u2066left and z\u200bero":      "righttoleft and zero",
	} {
		assert.Equal(t, want, plain.Printable(in), in)
	}
}
