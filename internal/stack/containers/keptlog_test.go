package containers

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeptLog(t *testing.T) {
	t.Parallel()
	lines := func(from, to int) string {
		var text strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&text, "line %4d\n", i) // ten bytes
		}
		return text.String()
	}
	for name, test := range map[string]struct{ log, want string }{
		"nothing":                 {"", ""},
		"short":                   {lines(0, 3), lines(0, 3)},
		"head and a part of tail": {lines(0, 14), lines(0, 14)},
		"just as much as is kept": {lines(0, 15), lines(0, 15)},
		"long":                    {lines(0, 1000), lines(0, 10) + "\nssoproof: 9860 bytes of this log are left out here\n" + lines(996, 1000)},
		"one line without an end": {strings.Repeat("x", 1000), strings.Repeat("x", 100) + "\nssoproof: 850 bytes of this log are left out here\n" + strings.Repeat("x", 50)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 7, 60, 100000} {
				var kept bytes.Buffer
				l := &keptLog{to: &kept, head: 100, tail: 50}
				for rest := []byte(test.log); len(rest) > 0; {
					n, err := l.Write(rest[:min(piece, len(rest))])
					require.NoError(t, err)
					assert.Less(t, len(l.end), 2*l.tail+1, "what is held")
					rest = rest[n:]
				}
				require.NoError(t, l.Close())
				assert.Equal(t, test.want, kept.String(), "in pieces of %d", piece)
			}
		})
	}
}
