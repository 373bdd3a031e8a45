package pair

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/ssoproof/ssoproof/fixtures/schema"
)

// mistake is a value that the schema of pair files refuses.
type mistake struct{ path, why string }

// mistakes are those of a document, by their paths. The schema is what refuses them: it says for other programs as well what a pair file is.
func mistakes(document any) ([]mistake, error) {
	text, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Pair()))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("pair.schema.json", text); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile("pair.schema.json")
	if err != nil {
		return nil, err
	}
	invalid := new(jsonschema.ValidationError)
	if err := compiled.Validate(document); !errors.As(err, &invalid) {
		return nil, err
	}
	v := validation{schema: text, document: document}
	v.read(invalid)
	slices.SortStableFunc(v.found, func(a, b mistake) int { return cmp.Compare(a.path, b.path) })
	return v.found, nil
}

// validation makes mistakes of what a validator says.
type validation struct {
	schema, document any
	found            []mistake
}

func (v *validation) read(e *jsonschema.ValidationError) {
	path := v.path(e.InstanceLocation)
	say := func(path, format string, args ...any) {
		v.found = append(v.found, mistake{path, fmt.Sprintf(format, args...)})
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		say(path, "it is %s, and has to be %s", called(k.Got), listOf(k.Want, called))
	case *kind.Enum:
		say(path, "%s: want %s", quoted(k.Got), listOf(k.Want, func(v any) string { return fmt.Sprint(v) }))
	case *kind.Const:
		say(path, "%s: want %v", quoted(k.Got), k.Want)
	case *kind.AdditionalProperties:
		for _, key := range k.Properties {
			say(join(path, key), "there is no such key; %s has %s", cmp.Or(path, "a pair file"), strings.Join(v.keys(e.SchemaURL), ", "))
		}
	case *kind.Required:
		say(path, "it needs a %s", strings.Join(k.Missing, " and a "))
	case *kind.MinLength:
		say(path, "it is empty")
	case *kind.FalseSchema:
		say(path, "a pair file holds no secrets; take it out, runs make their own")
	case *kind.Pattern:
		say(path, "%q: want %s", k.Got, v.description(e.SchemaURL))
	case *kind.AnyOf:
		say(path, "want %s", v.description(e.SchemaURL))
	case *kind.Format:
		say(path, "%s is no %s", quoted(k.Got), k.Want)
	default:
		for _, cause := range e.Causes {
			v.read(cause)
		}
		if len(e.Causes) == 0 {
			say(path, "want %s", cmp.Or(v.description(e.SchemaURL), "what the schema of pair files has"))
		}
	}
}

// path is a place in the document as a pair file's origins name it.
func (v *validation) path(steps []string) string {
	path, at := "", v.document
	for _, step := range steps {
		switch in := at.(type) {
		case []any:
			path += "[" + step + "]"
			i, _ := strconv.Atoi(step)
			at = in[i]
		case map[string]any:
			path, at = join(path, step), in[step]
		}
	}
	return path
}

// rule is the part of the schema at a location.
func (v *validation) rule(location string) map[string]any {
	at := v.schema
	_, pointer, _ := strings.Cut(location, "#")
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		in, _ := at.(map[string]any)
		if next, ok := in[step]; ok {
			at = next
		}
	}
	rule, _ := at.(map[string]any)
	return rule
}

func (v *validation) description(location string) string {
	return textOf(v.rule(location), "description")
}

func (v *validation) keys(location string) []string {
	properties, _ := v.rule(location)["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// called is what people call a type of JSON.
func called(kind string) string {
	return cmp.Or(map[string]string{
		"null": "null", "boolean": "true or false", "string": "text", "number": "a number", "integer": "a number", "object": "a map", "array": "a list",
	}[kind], kind)
}

// listOf is "a, b or c".
func listOf[T any](all []T, say func(T) string) string {
	var words []string
	for _, one := range all {
		words = append(words, say(one))
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	return strings.Join(words, "")
}

func quoted(value any) string {
	if text, ok := value.(string); ok {
		return strconv.Quote(text)
	}
	return fmt.Sprint(value)
}

// plainValue is a value of YAML as JSON has it.
func plainValue(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.Format(time.RFC3339)
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = plainValue(item)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for key, item := range v {
			all[key] = plainValue(item)
		}
		return all
	case map[any]any:
		all := map[string]any{}
		for key, item := range v {
			all[fmt.Sprint(key)] = plainValue(item)
		}
		return all
	}
	return value
}
