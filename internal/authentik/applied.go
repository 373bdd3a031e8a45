package authentik

import "github.com/ssoproof/ssoproof/internal/guide"

// Applied is a provider with its application, as it was made from settings.
type Applied struct {
	ProviderPK   int
	Slug         string // of the application
	Name         string // of the application: what its tile is called
	ClientID     string
	ClientSecret string `json:"-"`
	Issuer       string // as authentik shows it, with its trailing slash
	DiscoveryURL string
	Resolved     []guide.Resolved   // what the guide leaves open and the run decided
	Differences  []guide.Difference // what authentik stored otherwise than the guide says
	FormValues   []guide.Resolved   // what authentik's form fills in and its API does not
}
