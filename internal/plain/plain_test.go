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
		"\x00::error::a \n\u200b::error::b":           ": :error::a \n: :error::b",
		":\x07:error::forged":                         ": :error::forged",
		"\n\u00a0\u2028::error::x":                    "\n\u00a0\u2028: :error::x",
		"#\x1b[0m#[error]x":                           "# #[error]x",
		"in the middle ##[error]x":                    "in the middle # #[error]x",
		"an address [::1]:443 stays":                  "an address [::1]:443 stays",
		"right\u202eto\u2066left and z\u200bero":      "righttoleft and zero",
	} {
		assert.Equal(t, want, plain.Printable(in), in)
	}
}

func TestFew(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a, b, c", plain.Few([]string{"a", "b", "c"}))
	assert.Equal(t, "a, b, c and 2 more", plain.Few([]string{"a", "b", "c", "d", "e"}))
}

func TestInert(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a\r: :error::x\x1b[0m :: b", plain.Inert("a\r::error::x\x1b[0m :: b"))
}

func TestWrapBeginsNoLineWithACommand(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "  it says\n  : :error::forged", plain.Wrap("it says ::error::forged", 12, "  "))
}
