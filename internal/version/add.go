package version

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Added is a release that was entered into the facts of its product.
type Added struct {
	Release *Release // as a run would take it
	Content []byte   // the file with the release in it
	NewLine bool     // its line was not known before, and takes over what the line before has
}

// Add enters a release into the facts that files hold: one more entry of its line, or a short block for a new line. All
// else of the file stays as it is, byte for byte. It refuses what would make the facts wrong.
func Add(files fs.FS, product Product, text string) (*Added, error) {
	c, err := LoadFrom(files)
	if err != nil {
		return nil, err
	}
	h, ok := c.histories[product]
	if !ok {
		return nil, fmt.Errorf("%q is not a product; there are %s and %s", product, Authentik, Immich)
	}
	n, err := h.addable(text)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", product, text, err)
	}
	name := string(product) + ".yaml"
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", folder, name, err)
	}
	added := &Added{}
	at := slices.IndexFunc(h.lines, func(l knownLine) bool { return l.name == n.line(product) })
	if added.NewLine = at < 0; added.NewLine {
		added.Content, err = withLine(content, h, n)
	} else {
		added.Content, err = withRelease(content, &h.lines[at], product, n)
	}
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", folder, name, err)
	}
	after, err := LoadFrom(edited{files, name, added.Content})
	if err != nil {
		return nil, fmt.Errorf("with %s the facts would be wrong: %w", n.exact(product), err)
	}
	now := after.histories[product]
	found, _ := now.find(n, false)
	added.Release = after.release(product, found, n)
	return added, nil
}

// addable reads a version that can be entered.
func (h *history) addable(text string) (number, error) {
	n, isLine, ok := parseNumber(text)
	newest := h.lines[len(h.lines)-1].newest().exact(h.product)
	switch {
	case !ok || isLine:
		return n, fmt.Errorf("it is not a full version such as %s", newest)
	case suffix(n.Version) != "":
		return n, errors.New("it is not a final release; a run takes it as it is, without an entry")
	case n.LessThan(h.lines[0].number.Version):
		return n, fmt.Errorf("it is older than everything that is known, %s is the oldest line", h.lines[0].name)
	}
	var before knownLine
	for _, l := range h.lines {
		if l.lists(n) {
			return n, fmt.Errorf("it is known already, in line %s", l.name)
		}
		if !n.LessThan(l.number.Version) {
			before = l
		}
	}
	if before.name != n.line(h.product) && before.unsupported != "" {
		return n, fmt.Errorf("its line would come after %s, which a run refuses, since %s", before.name, before.unsupported)
	}
	return n, nil
}

// withRelease enters a release among those of its line, in order.
func withRelease(content []byte, l *knownLine, product Product, n number) ([]byte, error) {
	before := slices.IndexFunc(l.releases, func(r number) bool { return n.LessThan(r.Version) })
	near := before
	if before < 0 {
		near = len(l.releases) - 1
	}
	entries, err := releasesOf(content, l.name)
	if err != nil {
		return nil, err
	}
	at := entries[near]
	if before < 0 {
		return at.insertAfter(content, ", "+n.exact(product)), nil
	}
	return at.insertBefore(content, n.exact(product)+", "), nil
}

// withLine enters a block for a new line, before the next newer one or at the end.
func withLine(content []byte, h history, n number) ([]byte, error) {
	name, release := n.line(h.product), n.exact(h.product)
	if h.product == Authentik {
		name = `"` + name + `"` // else YAML takes it for a number
	}
	block := fmt.Sprintf("  - line: %s\n    releases: [%s]\n", name, release)
	next := slices.IndexFunc(h.lines, func(l knownLine) bool { return n.LessThan(l.number.Version) })
	if next < 0 {
		return []byte(strings.TrimRight(string(content), "\n") + "\n\n" + block), nil
	}
	at, err := startOf(content, h.lines[next].name)
	if err != nil {
		return nil, err
	}
	rows := strings.SplitAfter(string(content), "\n")
	// The comments above a line belong to it.
	for at > 0 && strings.HasPrefix(strings.TrimSpace(rows[at-1]), "#") {
		at--
	}
	return []byte(strings.Join(rows[:at], "") + block + "\n" + strings.Join(rows[at:], "")), nil
}

// edited is a file system in which one file has another content.
type edited struct {
	fs.FS
	name    string
	content []byte
}

// ReadFile implements fs.ReadFileFS.
func (e edited) ReadFile(name string) ([]byte, error) {
	if name == e.name {
		return e.content, nil
	}
	return fs.ReadFile(e.FS, name)
}
