package check

import (
	"regexp"
	"strconv"
)

// Source is where a requirement or a mistake stands: in a file, as the guide's page, or else in a specification or a
// product's release. Reports write it as its text, "index.md:37" or "RFC 6749 §4.1.3".
type Source struct {
	File string
	Line int    // from 1; 0: the file as a whole
	Work string // "RFC 6749 §4.1.3", "Immich v2.7.5"; empty where there is a file
}

// IsZero reports whether there is no source.
func (s Source) IsZero() bool { return s == Source{} }

// String is the text of a report.
func (s Source) String() string {
	switch {
	case s.File == "":
		return s.Work
	case s.Line == 0:
		return s.File
	default:
		return s.File + ":" + strconv.Itoa(s.Line)
	}
}

// MarshalText writes String.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var fileLine = regexp.MustCompile(`^(.+):([1-9][0-9]*)$`)

// UnmarshalText reads what MarshalText writes. A file without a line comes back as a work, which reads the same.
func (s *Source) UnmarshalText(text []byte) error {
	*s = Source{Work: string(text)}
	if m := fileLine.FindStringSubmatch(s.Work); m != nil {
		if line, err := strconv.Atoi(m[2]); err == nil {
			*s = Source{File: m[1], Line: line}
		}
	}
	return nil
}
