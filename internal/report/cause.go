package report

import "slices"

// Side is who has to change something.
type Side string

// The sides.
const (
	SideAuthentik Side = "authentik"
	SideImmich    Side = "immich"
	SideGuide     Side = "guide"
	SideProxy     Side = "proxy"
	SideHarness   Side = "harness"
	SideUnknown   Side = "unknown"
)

// Cause is why checks did not pass and what to change, once, however many checks saw it.
type Cause struct {
	ID          string `json:"id"` // stable, e.g. authentik.signing-key-missing
	Title       string `json:"title"`
	Side        Side   `json:"side"`
	Explanation string `json:"explanation"`
	Fix         Fix    `json:"fix,omitzero"`
	// Checks are the names of the checks that it explains, in the order of the plan.
	Checks []string `json:"checks"`
	// Evidence is what was seen that says so, a sentence each.
	Evidence []string `json:"evidence,omitempty"`
	// Alternatives are causes that fit as well, and what would tell them apart.
	Alternatives []Alternative `json:"alternatives,omitempty"`
	// Links are public threads and sources.
	Links []string `json:"links,omitempty"`
}

// Fix is what to change, by its places.
type Fix struct {
	Text string `json:"text"`           // one sentence, with the exact value
	UI   string `json:"ui,omitempty"`   // where the setting is in the product's admin pages
	API  string `json:"api,omitempty"`  // its field
	File string `json:"file,omitempty"` // the guide where it is at fault, or the file that holds the setting
	Line int    `json:"line,omitempty"`
}

// Alternative is a cause that fits as well.
type Alternative struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Tell  string `json:"tell"` // what would tell it from the cause
}

// Unknown is the ID of what no rule explains.
const Unknown = "unknown"

// CauseOf is the cause that explains a check; nil: none does.
func (r *Report) CauseOf(check string) *Cause {
	for i := range r.Causes {
		if slices.Contains(r.Causes[i].Checks, check) {
			return &r.Causes[i]
		}
	}
	return nil
}

// Texts are the places of the texts that hold what products said.
func (c *Cause) Texts() []*string {
	all := []*string{&c.Title, &c.Explanation, &c.Fix.Text}
	for i := range c.Evidence {
		all = append(all, &c.Evidence[i])
	}
	return all
}

// Blame is the verdict of the checks, or a violation where none could say so: a mistake in the guide, or in the pair file in its
// place, stays one when it keeps logins from being judged.
func (r *Report) Blame(v Verdict) Verdict {
	if v != Inconclusive || len(r.ofGuide()) == 0 {
		return v
	}
	if r.Fake() {
		return FakesFailed
	}
	return Violation
}

// ofGuide are the told causes whose fix stands in the guide, or in the pair file in its place.
func (r *Report) ofGuide() []Cause {
	return slices.DeleteFunc(r.Told(), func(c Cause) bool {
		return c.Fix.File == "" || r.WeighCause(c) == Advice
	})
}
