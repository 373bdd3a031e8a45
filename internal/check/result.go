package check

import "time"

// Result is what one check came to; it is the form in report.json.
type Result struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Level   Level   `json:"level"`
	Variant Variant `json:"variant,omitempty"`
	Status  Status  `json:"status"`
	Reason  string  `json:"reason,omitempty"` // one line, for every status but pass
	// BlockedBy names the checks that did not pass and without which this one proves nothing: the roots of a chain,
	// not its echoes. Its status is Skip.
	BlockedBy []string `json:"blockedBy,omitempty"`
	// NotBegun is set where the body never ran, and says that the reason is told elsewhere, once: the run was ending.
	NotBegun bool `json:"notBegun,omitempty"`
	// Known is the known issue that was consulted for this result; nil: none is about it.
	Known        *Known            `json:"known,omitempty"`
	Covers       []string          `json:"covers,omitempty"` // the guide's settings that it puts to the proof, by key
	Provokes     bool              `json:"-"`                // as the check says
	Requirements []Judgement       `json:"requirements"`
	Findings     []Finding         `json:"findings,omitempty"`
	Observations map[string]string `json:"observations,omitempty"` // stable keys that a later run is compared with
	Additions    []string          `json:"additions,omitempty"`    // what the check configured beyond the guide
	Steps        []Step            `json:"steps,omitempty"`
	Evidence     []Evidence        `json:"evidence,omitempty"`
	Messages     []Message         `json:"messages,omitempty"` // between browser and products, of a check that did not pass
	Started      time.Time         `json:"started"`
	Seconds      float64           `json:"seconds"`
}

// Name is the ID and the variant.
func (r Result) Name() string { return Name(r.ID, r.Variant) }

// Known is a known issue as a report shows it.
type Known struct {
	Reason  string `json:"reason"`
	Link    string `json:"link"`
	Expires string `json:"expires"` // the last day on which it excuses
	Source  string `json:"source"`  // the file and the issue
}

// Named is what tells a check from others.
type Named struct {
	ID      string
	Variant Variant
}

// Judgement is a requirement and what became of it: confirmed, failed or not judged.
type Judgement struct {
	Requirement
	Outcome string `json:"outcome"`
}

// The outcomes of a requirement.
const (
	Confirmed = "confirmed"
	Failed    = "failed"
	NotJudged = "not-judged"
)

// Finding is one statement about the products that is not true.
type Finding struct {
	Requirement string `json:"requirement,omitempty"` // key
	Message     string `json:"message"`
	Expected    string `json:"expected,omitempty"`
	Actual      string `json:"actual,omitempty"`
	// Setting is the field that reads back otherwise than documented; empty: the finding is about something else.
	Setting string `json:"setting,omitempty"`
	// Fix is the exact line or setting that would mend it, where the check knows it.
	Fix string `json:"fix,omitempty"`
	// Source is the guide's line or the setting at fault, where it differs from the requirement's.
	Source   Source   `json:"source,omitzero"`
	Evidence []string `json:"evidence,omitempty"`
}

// Step is a named part of a journey.
type Step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error,omitempty"`
}

// Evidence is an artefact below the output directory.
type Evidence struct {
	Kind string `json:"kind"` // screenshot, exchanges, har, log
	Name string `json:"name"`
	Path string `json:"path"` // relative to report.json
}

// Message is one exchange of a check, for a sequence diagram.
type Message struct {
	From   Party   `json:"from"`
	To     Party   `json:"to"`
	Text   string  `json:"text"`             // method and path, with the parameters that matter
	Answer string  `json:"answer"`           // status, and what it says
	Failed bool    `json:"failed,omitempty"` // the answer is a refusal, or none came
	After  float64 `json:"after"`            // seconds since the check began
}

// Party is who takes part.
type Party string

// The parties.
const (
	Browser   Party = "browser"
	App       Party = "app"
	Immich    Party = "immich"
	Authentik Party = "authentik"
)
