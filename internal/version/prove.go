package version

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrProven says that the proven pairs have the pair already, with this guide.
var ErrProven = errors.New("it is proven already")

const provenFile = "proven.yaml"

// Prove enters a pair into the proven pairs that files hold, and returns proven.yaml with it. What stands there stays as
// it is, byte for byte.
func Prove(files fs.FS, p Proof) ([]byte, error) {
	c, err := LoadFrom(files)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(c.proven, func(known Proof) bool { return known.sameCell(p) }); i >= 0 {
		return nil, fmt.Errorf("%w, on %s", ErrProven, c.proven[i].Date)
	}
	content, err := fs.ReadFile(files, provenFile)
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", folder, provenFile, err)
	}
	after, err := withProof(content, p)
	if err == nil {
		_, err = LoadFrom(edited{files, provenFile, after})
	}
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", folder, provenFile, err)
	}
	return after, nil
}

func (p Proof) sameCell(other Proof) bool {
	return p.Authentik == other.Authentik && p.Immich == other.Immich && p.Guide == other.Guide
}

// withProof writes the pair before the first that is newer, else at the end.
func withProof(content []byte, p Proof) ([]byte, error) {
	root, err := parse(content)
	if err != nil {
		return nil, err
	}
	entry := fmt.Sprintf("  - {authentik: %q, immich: %q, guide: %q, date: %q%s%s}\n", p.Authentik, p.Immich, p.Guide, p.Date,
		digest("authentik", p.AuthentikDigest), digest("immich", p.ImmichDigest))
	text := strings.TrimRight(string(content), "\n") + "\n"
	if len(valueOf(root, "proven").Content) == 0 {
		text = strings.TrimSuffix(text, " []\n") + "\n"
	}
	rows := strings.SplitAfter(text, "\n")
	at := len(rows) - 1 // the last is empty
	for _, known := range valueOf(root, "proven").Content {
		if known.Style&yaml.FlowStyle == 0 {
			return nil, fmt.Errorf("line %d: the pairs are not written as {a: b}; enter it by hand", known.Line)
		}
		if p.before(Proof{Authentik: valueOf(known, "authentik").Value, Immich: valueOf(known, "immich").Value}) {
			at = known.Line - 1
			break
		}
	}
	return []byte(strings.Join(rows[:at], "") + entry + strings.Join(rows[at:], "")), nil
}

// digest is one more field of an entry; empty where it is not known.
func digest(product, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(", %s_digest: %q", product, value)
}

// before orders pairs by authentik, then by Immich.
func (p Proof) before(other Proof) bool {
	a, _, okA := parseNumber(p.Authentik)
	b, _, okB := parseNumber(other.Authentik)
	i, _, okI := parseNumber(p.Immich)
	j, _, okJ := parseNumber(other.Immich)
	if !okA || !okB || !okI || !okJ {
		return false
	}
	if order := a.Compare(b.Version); order != 0 {
		return order < 0
	}
	return i.LessThan(j.Version)
}
