package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/runtime"
)

//go:embed control.js
var controlScript string

// evaluate calls one of the functions of control.js in the page.
func evaluate[R any](ctx context.Context, s *Session, function string, args ...any) (R, error) {
	var value R
	expression, err := expression("JSON.stringify(", function, args, ")")
	if err != nil {
		return value, err
	}
	result, err := s.run(ctx, expression, true)
	if err != nil {
		return value, err
	}
	var text string
	if err := json.Unmarshal(result.Value, &text); err != nil {
		return value, fmt.Errorf("%s in the page gave %s: %w", function, result.Value, err)
	}
	return value, json.Unmarshal([]byte(text), &value)
}

// expression is a call in a scope of its own, so that nothing is left in the page.
func expression(before, function string, args []any, after string) (string, error) {
	texts := make([]string, len(args))
	for i, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			return "", err
		}
		texts[i] = string(text)
	}
	return "(() => {" + controlScript + "; return " + before + function + "(" + strings.Join(texts, ",") + ")" + after + "})()", nil
}

func (s *Session) run(ctx context.Context, expression string, byValue bool) (*runtime.RemoteObject, error) {
	yes := true
	result, err := call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ReturnByValue: &byValue, UserGesture: &yes,
	})
	if err != nil {
		return nil, err
	}
	return result.Result, exception(result.ExceptionDetails)
}

// exception is the first line of what a script in the page threw.
func exception(details *runtime.ExceptionDetails) error {
	if details == nil {
		return nil
	}
	text := details.Text
	if details.Exception != nil && details.Exception.Description != "" {
		text, _, _ = strings.Cut(details.Exception.Description, "\n")
	}
	return fmt.Errorf("a script in the page failed: %s", text)
}
