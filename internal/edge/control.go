package edge

import "context"

// Control is what the harness can ask of an edge, in the process or over its control port.
type Control interface {
	Reader
	// Bend switches a wire fault on until restore is called. See the faults of this package.
	Bend(ctx context.Context, f Fault) (restore func(context.Context) error, err error)
}

// Fault is a deviation of the wire, for proving that checks bite.
type Fault struct {
	Name string `json:"name"`           // Answer, or one of the names of Faults
	Host string `json:"host,omitempty"` // only for requests to this public name; empty: both
	Path string `json:"path,omitempty"` // only for paths with this prefix
	Body string `json:"body,omitempty"` // of Answer
}

// Answer is the name of a fault that answers in the product's place, with 200 and Body as JSON. It is none of Faults: what
// it breaks is its caller's to say.
const Answer = "answer"
