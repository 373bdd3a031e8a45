package pair

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// field is a value of a file with the place where it stands.
type field struct {
	at    string // "immich.yaml:12"
	value any    // nil, bool, int, float64, string, []field, map[string]field, reference or unknown
}

// unknown is a value that the file does not hold, and what would give it.
type unknown struct {
	why     string
	refused bool // the product does not take the file for it
}

// readFile reads a file of bounded size; "-" is refused by its name.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err // it names the file
	}
	defer func() { _ = f.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > limit:
		return nil, fmt.Errorf("%s: it is larger than %d bytes", name, limit)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, fmt.Errorf("%s: it is empty", name)
	}
	return text, nil
}

// document is the only document of a file in JSON or YAML: no product reads several. JSON has escapes that YAML does not
// read, so it has its own reader; both give lines.
func document(name string, text []byte) (*yaml.Node, error) {
	if json.Valid(text) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		return jsonNode(decoder, text)
	}
	var n, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&n); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: it is neither JSON nor YAML: %w", name, oneLine(err))
	}
	if len(n.Content) == 0 || n.Content[0].ShortTag() == "!!null" {
		return nil, fmt.Errorf("%s: it is empty", name)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: it holds several YAML documents (---), of which nobody reads more than one; give the one that is meant, in a file of its own", name)
	}
	return n.Content[0], nil
}

// jsonNode is the next value of a JSON text as YAML has it.
func jsonNode(decoder *json.Decoder, text []byte) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: 1 + bytes.Count(text[:decoder.InputOffset()], []byte("\n"))}
	switch v := token.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if v == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for decoder.More() {
			child, err := jsonNode(decoder, text)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err = decoder.Token() // the closing bracket
		return n, err
	case string:
		n.Tag, n.Value = "!!str", v
	case json.Number:
		n.Value = v.String()
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(v)
	case nil:
		n.Tag, n.Value = "!!null", "null"
	}
	return n, nil
}

// pairs are the keys of a mapping with their values, in the file's order, merged mappings first.
func pairs(n *yaml.Node) (keys, values []*yaml.Node) {
	n = followed(n)
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		merged := []*yaml.Node{n.Content[i+1]}
		if followed(merged[0]).Kind == yaml.SequenceNode {
			merged = followed(merged[0]).Content
		}
		for _, m := range slices.Backward(merged) {
			k, v := pairs(m)
			keys, values = append(keys, k...), append(values, v...)
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			keys, values = append(keys, n.Content[i]), append(values, n.Content[i+1])
		}
	}
	return keys, values
}

// at is the value of a key; nil where there is none.
func at(n *yaml.Node, key string) *yaml.Node {
	keys, values := pairs(n)
	for i, k := range slices.Backward(keys) {
		if k.Value == key {
			return values[i]
		}
	}
	return nil
}

func followed(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// scalar is the value of a leaf.
func scalar(n *yaml.Node) any {
	var v any
	if n.ShortTag() == "!!timestamp" || n.Decode(&v) != nil {
		return n.Value
	}
	return v
}

// plainField is a value without tags of its own, as every YAML reader has it.
func plainField(file string, n *yaml.Node) field {
	n = followed(n)
	f := field{at: place(file, n.Line)}
	switch n.Kind {
	case yaml.MappingNode:
		fields := map[string]field{}
		keys, values := pairs(n)
		for i, k := range keys {
			fields[k.Value] = plainField(file, values[i])
		}
		f.value = fields
	case yaml.SequenceNode:
		items := []field{}
		for _, child := range n.Content {
			items = append(items, plainField(file, child))
		}
		f.value = items
	default:
		f.value = scalar(n)
	}
	return f
}

func place(file string, line int) string { return file + ":" + strconv.Itoa(line) }

// wrapped says what holds a file of the wanted kind, where it is known: the way out of a wrong file.
func wrapped(n *yaml.Node) error {
	if kind := at(n, "kind"); kind != nil && (kind.Value == "ConfigMap" || kind.Value == "Secret") {
		return errors.New("it is a Kubernetes " + kind.Value + "; give the text below its data")
	}
	return nil
}
