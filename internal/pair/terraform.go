package pair

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// ReadTerraform reads authentik's half from what `terraform show -json` (or `tofu show -json`) prints of a plan or a state.
// What the provider fills in itself stands in there. IDs are resolved by the file's own resources and data sources. A
// sensitive value is left out, and said.
func ReadTerraform(name string, o Options) (*Pair, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	t, err := parseTerraform(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t.file = name
	s := &objects{file: name}
	for _, r := range t.resources {
		if o := t.object(r); o != nil {
			s.all = append(s.all, o)
			t.byAddress[r.Address] = append(t.byAddress[r.Address], o)
		}
	}
	t.refer(s)
	p, err := s.choose(o)
	if err != nil {
		return nil, err
	}
	if u, ok := p.fields["redirect_uris"].value.(unknown); ok && !u.sensitive() {
		return nil, fmt.Errorf("%s: %w", p.fields["redirect_uris"].at, errors.New(u.why))
	}
	return s.authentikHalf(newDraft(name), o)
}

// terraform is a plan or a state in the making of objects.
type terraform struct {
	file      string
	resources []*tfjson.StateResource
	changes   map[string]*tfjson.Change       // of a plan, by address
	config    map[string]*tfjson.ConfigModule // of a plan, by the path of the module
	byAddress map[string][]*object
}

func parseTerraform(text []byte) (*terraform, error) {
	var kind struct {
		Planned json.RawMessage `json:"planned_values"`
		Values  json.RawMessage `json:"values"`
		Version *int            `json:"version"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return nil, errors.New("it is not JSON; `terraform show -json FILE` prints a plan or a state as JSON")
	}
	t := &terraform{changes: map[string]*tfjson.Change{}, config: map[string]*tfjson.ConfigModule{}, byAddress: map[string][]*object{}}
	switch {
	case kind.Planned != nil:
		var plan tfjson.Plan
		if err := plan.UnmarshalJSON(text); err != nil {
			return nil, err
		}
		t.plan(&plan)
	case kind.Values != nil:
		var state tfjson.State
		if err := state.UnmarshalJSON(text); err != nil {
			return nil, err
		}
		t.values(state.Values)
	case kind.Version != nil:
		return nil, errors.New("it is Terraform's own state file; `terraform show -json` prints it in the form that is read")
	default:
		return nil, errors.New("it is neither a plan nor a state as `terraform show -json` prints them")
	}
	return t, nil
}

func (t *terraform) plan(plan *tfjson.Plan) {
	for _, c := range plan.ResourceChanges {
		if c.Change != nil {
			t.changes[c.Address] = c.Change
		}
	}
	if plan.Config != nil && plan.Config.RootModule != nil {
		t.configuration("", plan.Config.RootModule)
	}
	t.values(plan.PlannedValues)
	if plan.PriorState != nil { // where the data sources are
		before := len(t.resources)
		t.values(plan.PriorState.Values)
		read := t.resources[before:]
		t.resources = t.resources[:before]
		for _, r := range read {
			if r.Mode == tfjson.DataResourceMode {
				t.resources = append(t.resources, r)
			}
		}
	}
}

func (t *terraform) values(v *tfjson.StateValues) {
	if v != nil && v.RootModule != nil {
		t.module(v.RootModule)
	}
}

func (t *terraform) module(m *tfjson.StateModule) {
	t.resources = append(t.resources, m.Resources...)
	for _, child := range m.ChildModules {
		t.module(child)
	}
}

func (t *terraform) configuration(path string, m *tfjson.ConfigModule) {
	t.config[path] = m
	for name, call := range m.ModuleCalls {
		if call.Module != nil {
			t.configuration(join(path, "module."+name), call.Module)
		}
	}
}

// expression is how the configuration sets an attribute of a resource; nil where it does not, or is not there.
func (t *terraform) expression(r *tfjson.StateResource, attribute string) *tfjson.Expression {
	module, address := moduleOf(r.Address)
	m := t.config[withoutIndex(module)]
	if m == nil {
		return nil
	}
	for _, c := range m.Resources {
		if c.Address == withoutIndex(address) {
			return c.Expressions[attribute]
		}
	}
	return nil
}

// moduleOf splits an address: module.a["x"].module.b and data.type.name[0].
func moduleOf(address string) (module, resource string) {
	rest := address
	for strings.HasPrefix(rest, "module.") {
		depth, end := 0, len(rest)
		dots := 0
		for i, c := range rest {
			switch c {
			case '[':
				depth++
			case ']':
				depth--
			case '.':
				if depth == 0 {
					dots++
				}
			}
			if dots == 2 {
				end = i
				break
			}
		}
		module, rest = join(module, rest[:end]), strings.TrimPrefix(rest[end:], ".")
	}
	return module, rest
}

// withoutIndex is an address without the indices of count and for_each.
func withoutIndex(address string) string {
	var out strings.Builder
	depth := 0
	for _, c := range address {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			out.WriteRune(c)
		}
	}
	return out.String()
}
