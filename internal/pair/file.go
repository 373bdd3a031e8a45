package pair

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
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
	refuse := func(err error) error { return fmt.Errorf("pair file %s: %w", name, err) }
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, refuse(errors.New("it is empty; `ssoproof capture` writes one"))
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, refuse(err)
	}
	p := &Pair{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(p); err != nil {
		return nil, refuse(fmt.Errorf("%w; `ssoproof capture` writes a pair file, a guide is given by --guide", oneLine(err)))
	}
	if p.Version != Version {
		return nil, refuse(fmt.Errorf("version %d: this ssoproof reads version %d", p.Version, Version))
	}
	p.source, p.lines = name, map[string]int{}
	p.number("", &document)
	return p, refused(refuse, p.valid())
}

func refused(refuse func(error) error, err error) error {
	if err == nil {
		return nil
	}
	return refuse(err)
}

// oneLine is a YAML error, which has a line for each mistake, as one line.
func oneLine(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
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

// Reread is the pair as its file reads, with the lines of that file; name is how reports call it.
func (p *Pair) Reread(name string) (*Pair, error) {
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return nil, err
	}
	read, err := Parse(name, b.Bytes())
	if err != nil {
		return nil, err
	}
	read.clientSecrets, read.files = p.clientSecrets, p.files // no file holds them
	return read, nil
}
