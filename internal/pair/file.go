package pair

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// limit is the largest file that is read, in bytes.
const limit = 4 << 20

// Load reads a pair file. Its error names the file, the line where there is one, and what is expected.
func Load(name string) (*Pair, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read pair file: %w", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read pair file: %w", err)
	}
	if len(text) > limit {
		return nil, fmt.Errorf("pair file %s: it is larger than %d bytes", name, limit)
	}
	return Parse(name, text)
}

// Parse reads the text of a pair file; name is how reports call it.
func Parse(name string, text []byte) (*Pair, error) {
	p, err := parsed(name, text, (*Pair).check)
	if err != nil {
		return nil, fmt.Errorf("pair file %s: %w", name, err)
	}
	return p, nil
}

// parsed is the pair of a text that check lets through.
func parsed(name string, text []byte, check func(p *Pair, document any) error) (*Pair, error) {
	value, err := onlyDocument(text)
	if err != nil {
		return nil, err
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil {
		return nil, oneLine(err)
	}
	p := &Pair{source: name, lines: map[string]int{}}
	p.number("", &node)
	if err := check(p, value); err != nil {
		return nil, err
	}
	if err := node.Decode(p); err != nil {
		return nil, oneLine(err)
	}
	return p, nil
}

// onlyDocument is the value of a text that has one document.
func onlyDocument(text []byte) (any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var value, more any
	switch err := decoder.Decode(&value); {
	case errors.Is(err, io.EOF) || err == nil && value == nil:
		return nil, errors.New("it is empty; `ssoproof capture` writes one")
	case err != nil:
		return nil, oneLine(err)
	}
	switch err := decoder.Decode(&more); {
	case err == nil:
		return nil, errors.New("it holds several YAML documents, and a pair file is one; take out all others and the line ---")
	case !errors.Is(err, io.EOF):
		return nil, oneLine(err)
	}
	return plainValue(value), nil
}

// check refuses what is not a pair file of this version, and names the first mistake in one that is.
func (p *Pair) check(document any) error {
	fields, ok := document.(map[string]any)
	version, said := fields["version"]
	switch {
	case !ok:
		return errors.New("it is not a map of keys and values; `ssoproof capture` writes a pair file, a guide is given by --guide")
	case !said:
		return fmt.Errorf("version is missing; a pair file has the line version: %d", Version)
	case fmt.Sprint(version) != strconv.Itoa(Version): // a text is refused below
		return fmt.Errorf("version %v: this ssoproof reads version %d", version, Version)
	}
	all, err := mistakes(document)
	if err != nil || len(all) == 0 {
		return err
	}
	line := func(m mistake) int { return p.lines[m.path] }
	first := slices.MinFunc(all, func(a, b mistake) int { return cmp.Compare(line(a), line(b)) })
	return fmt.Errorf("line %d: %s: %s", line(first), first.path, first.why)
}

// oneLine is a YAML error, which has a line for each mistake, as one line.
func oneLine(err error) error {
	text := strings.Join(strings.Fields(err.Error()), " ")
	return errors.New(strings.Replace(text, "yaml: unmarshal errors: ", "", 1))
}

// number remembers the line of each value by its path.
func (p *Pair) number(path string, n *yaml.Node) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, child := range n.Content {
			p.number(path, child)
		}
		return
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := join(path, n.Content[i].Value)
			p.number(at, n.Content[i+1])
			p.lines[at] = n.Content[i].Line
		}
	case yaml.SequenceNode:
		for i, child := range n.Content {
			p.number(path+"["+strconv.Itoa(i)+"]", child)
		}
	case yaml.AliasNode:
		p.number(path, n.Alias)
	}
	p.lines[path] = n.Line
}

// join is the path of a key below another.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Write writes the pair file.
func (p *Pair) Write(w io.Writer) error {
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(p); err != nil {
		return fmt.Errorf("write pair file: %w", err)
	}
	return encoder.Close()
}

// Reread is the pair as its file reads, with the lines of that file; name is how reports call it. A mistake is told by the
// place that it was read from. Of a live pair there is none: it is as its products took it.
func (p *Pair) Reread(name string) (*Pair, error) {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return nil, err
	}
	read, err := parsed(name, b.Bytes(), func(_ *Pair, document any) error {
		all, err := mistakes(document)
		if err != nil || len(all) == 0 || !p.files {
			return err
		}
		return fmt.Errorf("%s: %s: %s", cmp.Or(p.origin(all[0].path), name), all[0].path, all[0].why)
	})
	if err != nil {
		return nil, err
	}
	read.clientSecrets, read.files, read.broken = p.clientSecrets, p.files, p.broken // no file holds them
	return read, nil
}
