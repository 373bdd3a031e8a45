package authentik

// Applied is a provider with its application, as it was made from settings.
type Applied struct {
	ProviderPK   int
	Slug         string // of the application
	Name         string // of provider and application
	ClientID     string
	ClientSecret string `json:"-"`
	Issuer       string // as authentik shows it, with its trailing slash
	DiscoveryURL string
	Resolved     []Resolved   // what the guide leaves open and the run decided
	Differences  []Difference // what authentik stored otherwise than the guide says
	FormValues   []Resolved   // what authentik's form fills in and its API does not
}

// Resolved is a value that no guide states literally, and why the run uses it.
type Resolved struct {
	Field  string
	Value  string
	Reason string
	Line   int // of the guide; 0 where it is silent
}

// Difference is a documented value that reads back as another.
type Difference struct {
	Field      string
	Documented string
	Actual     string
	Line       int
}

// FieldCheck compares one documented value with what authentik stores.
type FieldCheck struct {
	Field      string
	Documented string
	Actual     string
	Line       int
	Same       bool
}
