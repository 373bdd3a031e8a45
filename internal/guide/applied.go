package guide

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Resolved is a value that no guide states literally, and why the run uses it.
type Resolved struct {
	Field  string
	Value  string
	Reason string
	Line   int // of the guide; 0 where it is silent
	// NotCarried names what of a pair file this leaves out or replaces; empty: nothing.
	NotCarried string
}

// Difference is a documented value that a product stores as another.
type Difference struct {
	Field      string
	Documented string
	Actual     string
	Line       int // of the guide; 0 where it is silent
}

// FieldCheck compares one documented value with what a product stores.
type FieldCheck struct {
	Difference
	Same bool
}

// Differing are the differences among checks.
func Differing(checks []FieldCheck) []Difference {
	var all []Difference
	for _, c := range checks {
		if !c.Same {
			all = append(all, c.Difference)
		}
	}
	return all
}

// Plain is a value of a product's API as people write it: a text without quotes.
func Plain(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return strings.ReplaceAll(string(data), ",", ", ")
}

// At is the line of a value, 0 where the guide is silent.
func (v *Value) At() int {
	if v == nil {
		return 0
	}
	return v.Line
}
