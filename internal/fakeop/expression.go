package fakeop

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	starlarkjson "go.starlark.net/lib/json"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// mostSteps is what one expression may take; people's own are a few lines long.
const mostSteps = 100_000

// exception is what an expression raised, by the name of its type in Python.
type exception struct{ kind, message string }

func (e *exception) Error() string { return e.kind + ": " + e.message }

// evaluate runs an expression of a mapping or policy for a user, as authentik does: the body of a function that knows the
// user and the request (authentik/lib/expression/evaluator.py). The double runs it as Starlark, which is a part of Python: it
// knows no import, no f-strings, and nothing of the product but what predeclared names.
func evaluate(u *user, expression string) (starlark.Value, error) {
	if e := raising(expression); e != nil {
		return nil, e
	}
	thread := &starlark.Thread{Name: "expression"}
	thread.SetMaxExecutionSteps(mostSteps)
	globals, err := starlark.ExecFileOptions(&syntax.FileOptions{}, thread, "expression", asFunction(expression), predeclared(u))
	if err != nil {
		return nil, raised(err)
	}
	value, err := starlark.Call(thread, globals[function], nil, nil)
	return value, raised(err)
}

// raising is the exception of an expression that does nothing but raise one, which Starlark cannot; nil: it does more.
func raising(expression string) *exception {
	kind, ok := strings.CutPrefix(strings.TrimSpace(expression), "raise ")
	if !ok {
		return nil
	}
	kind, _, _ = strings.Cut(kind, "(")
	return &exception{kind, "raised"}
}

// function is the name under which an expression is run.
const function = "expression"

// asFunction makes a body the function that authentik makes of it.
func asFunction(body string) string {
	return "def " + function + "():\n    " + strings.ReplaceAll(strings.TrimSpace(body), "\n", "\n    ") + "\n"
}

// unreadable says why an expression is no Python, or none that the double knows; nil: it can be run.
func unreadable(expression string) error {
	if raising(expression) != nil {
		return nil
	}
	_, err := (&syntax.FileOptions{}).Parse("expression", asFunction(expression), 0)
	return err
}

// raised is an error of an expression as the exception that it is in Python.
func raised(err error) error {
	var unknown resolve.ErrorList
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		return &exception{"NameError", fmt.Sprintf("name '%s' is not defined", strings.TrimPrefix(unknown[0].Msg, "undefined: "))}
	}
	return &exception{"Exception", err.Error()}
}

// predeclared are the names that an expression knows. Nobody at the double is in a group.
func predeclared(u *user) starlark.StringDict {
	nobody := func(name string, value starlark.Value) *starlark.Builtin {
		return starlark.NewBuiltin(name, func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return value, nil
		})
	}
	groups := record(starlark.StringDict{"all": nobody("all", starlark.NewList(nil))})
	person := record(starlark.StringDict{
		"pk": starlark.MakeInt(u.pk), "uuid": starlark.String(u.uuid), "username": starlark.String(u.username), "name": starlark.String(u.name),
		"email": starlark.String(u.email), "is_active": starlark.Bool(u.active), "is_superuser": starlark.False,
		"attributes": new(starlark.Dict), "groups": groups, "ak_groups": groups, "group_attributes": nobody("group_attributes", new(starlark.Dict)),
	})
	return starlark.StringDict{
		"user": person, "request": record(starlark.StringDict{"user": person, "context": new(starlark.Dict)}),
		"ak_is_group_member": nobody("ak_is_group_member", starlark.False),
	}
}

func record(fields starlark.StringDict) starlark.Value {
	return starlarkstruct.FromStringDict(starlarkstruct.Default, fields)
}

// asObject is a dict as JSON has it; false: the value is none, or holds what JSON cannot.
func asObject(value starlark.Value) (object, bool) {
	if _, isDict := value.(*starlark.Dict); !isDict {
		return nil, false
	}
	text, err := starlark.Call(new(starlark.Thread), starlarkjson.Module.Members["encode"], starlark.Tuple{value}, nil)
	if err != nil {
		return nil, false
	}
	made := object{}
	return made, json.Unmarshal([]byte(string(text.(starlark.String))), &made) == nil
}
