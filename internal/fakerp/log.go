package fakerp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// level is how loud a line of the log is.
type level string

const (
	warning   level = "WARN"
	erroneous level = "ERROR"
)

// correlation is the key of a request's ID in its context.
type correlation struct{}

// idOf is the ID of a request: the product tells it in refusals and writes it before each line of its log.
func idOf(ctx context.Context) string {
	id, _ := ctx.Value(correlation{}).(string)
	return id
}

// log writes a line in the form of the product's (server/src/repositories/logging.repository.ts): Nest's, with the name of
// the part that speaks and the ID of the request. Further lines of a text are written as they are.
func (s *Server) log(ctx context.Context, l level, part, format string, args ...any) {
	if s.options.Log == nil {
		return
	}
	place := "Api:" + part
	if id := idOf(ctx); id != "" {
		place += "~" + id
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintf(s.options.Log, "[Nest] %d  - %s %7s [%s] %s\n",
		os.Getpid(), time.Now().UTC().Format("01/02/2006, 3:04:05 PM"), l, place, fmt.Sprintf(format, args...))
}

// logFailure writes what went wrong in a call that the product did not foresee. Of a login that failed it tells the reason
// and the cause, of which the caller learns nothing.
func (s *Server) logFailure(ctx context.Context, err error) {
	var login *loginError
	if errors.As(err, &login) && s.tellsReason() {
		s.log(ctx, erroneous, "OAuthRepository", "OAuth login failed: %s", outer(login.reason))
		text := "ClientError: " + outer(login.reason)
		if cause := errors.Unwrap(login.reason); cause != nil {
			text += "\n    at authorizationCodeGrant (openid-client)\n  [cause]: OperationProcessingError: " + cause.Error()
		}
		s.log(ctx, erroneous, "OAuthRepository", "%s", text)
	}
	s.log(ctx, erroneous, "ErrorInterceptor", "Unknown error: Error: %v", err)
}

// loginError is why nobody could be logged in.
type loginError struct {
	reason error
	brief  bool // the release names the failure only, and tells the reason in lines of its own
}

func (e *loginError) Error() string {
	if e.brief {
		return "OAuth login failed"
	}
	return "OAuth login failed: " + e.reason.Error()
}

func (e *loginError) Unwrap() error { return e.reason }

// outer is the message of an error without that of its cause.
func outer(err error) string {
	if cause := errors.Unwrap(err); cause != nil {
		return strings.TrimSuffix(strings.TrimSuffix(err.Error(), cause.Error()), ": ")
	}
	return err.Error()
}
