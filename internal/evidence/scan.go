package evidence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of the last scan.
const (
	scanBlock = 256 << 10 // bytes of a file that are looked at together
	// scanEnough is how much of a secret makes a leak: what is longer need not be there as a whole.
	scanEnough = 64
)

// Leak is a file of a bundle that held a known secret. It is withheld.
type Leak struct {
	Path string // relative to the folder, with slashes; without the secret where that stood in it
	Kind Kind
}

// String says it in one line, without the secret.
func (l Leak) String() string {
	return fmt.Sprintf("%s held a secret (%s) and is withheld", l.Path, l.Kind)
}

// Withhold looks for the secrets of the run, in every spelling, in all files below a folder and in their names. In the
// place of a file that holds one stands a line that says so; one with a secret in its name is gone. A file of which the
// error speaks may still hold one.
func (r *Redactor) Withhold(dir string) (leaks []Leak, err error) {
	var errs []error
	block := make([]byte, 0, scanBlock)
	walked := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		leak, err := r.withhold(dir, path, block)
		if err != nil {
			errs = append(errs, fmt.Errorf("look for secrets in %s: %w", r.Text(path), err))
		}
		if leak != nil {
			leaks = append(leaks, *leak)
		}
		return nil
	})
	return leaks, errors.Join(append(errs, walked)...)
}

func (r *Redactor) withhold(dir, path string, block []byte) (*Leak, error) {
	relative, err := filepath.Rel(dir, path)
	if err != nil {
		return nil, err
	}
	relative = filepath.ToSlash(relative)
	if kind, _ := r.holds(strings.NewReader(relative), block); kind != "" {
		return &Leak{Path: r.withoutKnown(relative), Kind: kind}, os.Remove(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	kind, err := r.holds(file, block)
	if err := errors.Join(err, file.Close()); err != nil || kind == "" {
		return nil, err
	}
	leak := &Leak{Path: relative, Kind: kind}
	// A new file: what has another name for the old one keeps it, and none is half withheld.
	return leak, errors.Join(os.Remove(path), os.WriteFile(path, []byte(leak.String()+"\n"), 0o644))
}

// holds is the kind of the first secret in a text, which is read into the block; empty: there is none.
func (r *Redactor) holds(text io.Reader, block []byte) (Kind, error) {
	for {
		n, err := io.ReadFull(text, block[len(block):cap(block)])
		block = block[:len(block)+n]
		r.mu.RLock()
		at, found := next(&r.known, block, 0, scanEnough)
		r.mu.RUnlock()
		switch {
		case at >= 0:
			return found.kind, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return "", nil
		case err != nil:
			return "", err
		}
		// The end comes again: a secret may begin in it.
		block = slices.Delete(block, 0, max(0, len(block)-scanEnough))
	}
}
