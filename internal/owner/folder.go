package owner

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// prefix begins the names of all folders for temporary files of this program.
const prefix = "ssoproof-"

// TempDir makes a folder for temporary files of this process. Kind is a word that says what for; it has no hyphen.
func TempDir(kind string) (string, error) {
	return os.MkdirTemp("", fmt.Sprintf("%s%s-%s-", prefix, kind, Self()))
}

// ofFolder is the owner of a folder that TempDir has made, by its name or that of any file in it; ok is false for others.
func ofFolder(path string) (p Process, ok bool) {
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		fields := strings.Split(part, "-") // ssoproof, kind, PID, start, random
		if len(fields) != 5 || fields[0]+"-" != prefix {
			continue
		}
		if p, err := Parse(fields[2] + "-" + fields[3]); err == nil {
			return p, true
		}
	}
	return Process{}, false
}

// LeftFolders are the folders for temporary files whose process is gone.
func LeftFolders() ([]string, error) {
	all, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	var left []string
	for _, path := range all {
		if p, ok := ofFolder(filepath.Base(path)); ok && !p.Alive() {
			left = append(left, path)
		}
	}
	return left, err
}
