package rest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// How often Poll looks: quickly where something just moved, once a second where nothing does. A product that is
// starting has better things to do than to answer.
const (
	soonest = 100 * time.Millisecond
	latest  = time.Second
	oneLook = 30 * time.Second // a product that is migrating may take a connection and never answer
)

// NotReadyError says what was missing when the time was up.
type NotReadyError struct {
	Product string
	Waited  time.Duration
	Missing string // what the last look did not find
	Last    error  // the last answer that was not the deadline itself; nil: none came
	Cause   error  // why the waiting ended
}

func (e *NotReadyError) Error() string {
	text := fmt.Sprintf("%s was not ready after %s: missing %s", e.Product, e.Waited.Round(100*time.Millisecond), e.Missing)
	if e.Last != nil {
		text += fmt.Sprintf("; last answer: %v", e.Last)
	}
	return text
}

func (e *NotReadyError) Unwrap() []error { return []error{e.Cause, e.Last} }

// Look is what one look at a product found.
type Look struct {
	Missing string // empty: ready
	Moved   bool   // something came since the look before, so the next look is soon
	Answer  error  // the answer that kept the look from finding more
}

// Poll looks until nothing is missing. The deadline is the context's; the error is then a *NotReadyError.
// progress, where not nil, is told whenever what is missing changes.
func Poll(ctx context.Context, product string, look func(context.Context) Look, progress func(string)) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval, policy.RandomizationFactor = soonest, latest, 0
	started := time.Now()
	var last error
	missing := "everything"
	once := func() (struct{}, error) {
		one, cancel := context.WithTimeout(ctx, oneLook)
		defer cancel()
		found := look(one)
		if found.Missing == "" {
			return struct{}{}, nil
		}
		if ctx.Err() == nil || !errors.Is(found.Answer, ctx.Err()) {
			last = found.Answer
		}
		if found.Missing != missing && progress != nil {
			progress("waiting for " + found.Missing)
		}
		missing = found.Missing
		if found.Moved {
			return struct{}{}, &backoff.RetryAfterError{Duration: soonest}
		}
		return struct{}{}, errors.New(missing)
	}
	_, err := backoff.Retry(ctx, once, backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(0))
	if err == nil {
		return nil
	}
	return &NotReadyError{Product: product, Waited: time.Since(started), Missing: missing, Last: last, Cause: err}
}
