package authentik

import (
	"context"
	"fmt"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// libraryQuery is what the library's page asks for (web/src/user, 2024.8 to 2026.2).
const libraryQuery = "ordering=name&page=1&page_size=100&only_with_launch_url=true"

// Library are the names of the applications that authentik's library offers to the visitor, who is signed in.
func (v *Visitor) Library(ctx context.Context) ([]string, error) {
	var list struct {
		Results []struct{ Name string } `json:"results"`
	}
	request := rest.Request{Method: http.MethodGet, Path: "/api/v3/core/applications/", RawQuery: libraryQuery}
	if _, err := v.api.Do(ctx, request, &list); err != nil {
		return nil, fmt.Errorf("authentik's application library: %w", err)
	}
	var names []string
	for _, application := range list.Results {
		names = append(names, application.Name)
	}
	return names, nil
}
