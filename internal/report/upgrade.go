package report

import "slices"

// Upgrade is how a pair came from the releases to which the guide was applied to those that the report judges. The
// bundle of the former lies beside it, in the folder "before".
type Upgrade struct {
	From        Cell          `json:"from"`
	To          Cell          `json:"to"`
	Order       string        `json:"order"` // together, authentik-first or immich-first
	Steps       []UpgradeStep `json:"steps"`
	Differences []Difference  `json:"differences"`
	// Names of checks, by what became of them.
	Broken  []string `json:"broken"`  // passed before, fail after
	Unshown []string `json:"unshown"` // passed before, were not judged after
	Fixed   []string `json:"fixed"`   // failed before, pass after
	Still   []string `json:"still"`   // fail before and after
	// Inherited fail after for a reason from before; nil in a report that does not say: those that fail before and after.
	Inherited []string `json:"inherited"`
	// Mends are the changes that mend what fails before and after, a sentence each with what is wrong.
	Mends []string `json:"mends"`
}

// UpgradeStep is one replacement of one product, or of both at once.
type UpgradeStep struct {
	Changes   []Change `json:"changes"`
	Seconds   float64  `json:"seconds"` // until both products were ready again
	Images    []string `json:"images"`  // of the services that were recreated
	Recreated []string `json:"recreated"`
}

// Change is one product's change of release.
type Change struct {
	Product string `json:"product"`
	From    string `json:"from"`
	To      string `json:"to"`
}

// Difference is a stored setting that is another than before the upgrade. Values are JSON texts; an empty one: there is
// none.
type Difference struct {
	Product   string `json:"product"`
	Object    string `json:"object"` // provider, application or oauth
	Field     string `json:"field"`
	Before    string `json:"before"`
	After     string `json:"after"`
	Entered   bool   `json:"entered"`   // who follows the guide sets it
	Explained string `json:"explained"` // by what is known of the releases; empty: by nothing
}

// BeforeDir is the folder, within an upgrade's output directory, of the bundle from before the upgrade.
const BeforeDir = "before"

// complete makes every list a list.
func (u *Upgrade) complete() *Upgrade {
	if u == nil {
		return nil
	}
	c := *u
	c.Steps, c.Differences = slices.Clone(list(c.Steps)), list(c.Differences)
	for i, s := range c.Steps {
		c.Steps[i].Images, c.Steps[i].Recreated = list(s.Images), list(s.Recreated)
	}
	c.Broken, c.Unshown, c.Fixed, c.Still = list(c.Broken), list(c.Unshown), list(c.Fixed), list(c.Still)
	c.Inherited, c.Mends = list(c.inherited()), list(c.Mends)
	return &c
}

// inherited are the checks that fail after for a reason from before.
func (u *Upgrade) inherited() []string {
	if u.Inherited == nil {
		return u.Still
	}
	return u.Inherited
}
