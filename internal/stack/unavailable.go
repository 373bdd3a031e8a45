package stack

import "errors"

// ErrUnavailable is what every error is that means "this stack cannot be provided here" (exit code 3).
var ErrUnavailable = errors.New("the stack could not be provided")

// unavailableError is ErrUnavailable with its reason.
type unavailableError struct{ reason error }

func (e *unavailableError) Error() string   { return ErrUnavailable.Error() + ": " + e.reason.Error() }
func (e *unavailableError) Unwrap() []error { return []error{ErrUnavailable, e.reason} }

// Unavailable makes err say that the stack could not be provided; one that says so already stays as it is.
func Unavailable(err error) error {
	if errors.Is(err, ErrUnavailable) {
		return err
	}
	return &unavailableError{err}
}

// Reason is why the stack could not be provided, without the words that it could not: for those who had one. Any other
// error is its own reason.
func Reason(err error) error {
	var unavailable *unavailableError
	if errors.As(err, &unavailable) {
		return unavailable.reason
	}
	return err
}
