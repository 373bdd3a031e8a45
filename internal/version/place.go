package version

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// place is where a text of a YAML file stands, in bytes.
type place struct{ from, to int }

func (p place) insertAfter(content []byte, text string) []byte  { return insert(content, p.to, text) }
func (p place) insertBefore(content []byte, text string) []byte { return insert(content, p.from, text) }

func insert(content []byte, at int, text string) []byte {
	return bytes.Join([][]byte{content[:at], content[at:]}, []byte(text))
}

// releasesOf are the places of the releases of a line.
func releasesOf(content []byte, line string) ([]place, error) {
	node, err := lineNode(content, line)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, entry := range valueOf(node, "releases").Content {
		p, err := placeOf(content, entry)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	if len(places) == 0 || valueOf(node, "releases").Style&yaml.FlowStyle == 0 {
		return nil, fmt.Errorf("line %s does not list its releases as [a, b]; enter it by hand", line)
	}
	return places, nil
}

// startOf is the row, counted from 0, in which the block of a line begins.
func startOf(content []byte, line string) (int, error) {
	node, err := lineNode(content, line)
	if err != nil {
		return 0, err
	}
	return node.Line - 1, nil
}

// lineNode is the mapping of a release line.
func lineNode(content []byte, line string) (*yaml.Node, error) {
	root, err := parse(content)
	if err != nil {
		return nil, err
	}
	for _, node := range valueOf(root, "lines").Content {
		if valueOf(node, "line").Value == line {
			return node, nil
		}
	}
	return nil, fmt.Errorf("line %s is not in the file", line)
}

func parse(content []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("read YAML: %w", err)
	}
	if len(document.Content) == 0 {
		return &document, nil
	}
	return document.Content[0], nil
}

// valueOf is the value of a key of a mapping; where there is none, an empty node.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return &yaml.Node{}
}

// placeOf finds the text of a scalar in the file.
func placeOf(content []byte, scalar *yaml.Node) (place, error) {
	rows := strings.SplitAfter(string(content), "\n")
	from := len(strings.Join(rows[:scalar.Line-1], ""))
	row := []rune(rows[scalar.Line-1])
	from += len(string(row[:scalar.Column-1]))
	to := from + len(scalar.Value)
	if scalar.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		to += len(`""`)
	}
	if to > len(content) || !strings.Contains(string(content[from:to]), scalar.Value) {
		return place{}, fmt.Errorf("line %d: %s is written in a way that cannot be edited; enter it by hand", scalar.Line, scalar.Value)
	}
	return place{from, to}, nil
}
