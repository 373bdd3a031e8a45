package evidence

import (
	"maps"
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Result is a check's result without the secrets that messages of the products may hold.
func (r *Redactor) Result(c check.Result) check.Result {
	c.Reason = r.Text(c.Reason)
	c.Findings = slices.Clone(c.Findings)
	for i := range c.Findings {
		f := &c.Findings[i]
		for _, text := range []*string{&f.Message, &f.Expected, &f.Actual, &f.Fix} {
			*text = r.Text(*text)
		}
	}
	c.Steps = slices.Clone(c.Steps)
	for i := range c.Steps {
		c.Steps[i].Error = r.Text(c.Steps[i].Error)
	}
	c.Additions = slices.Clone(c.Additions)
	for i := range c.Additions {
		c.Additions[i] = r.Text(c.Additions[i])
	}
	c.Messages = slices.Clone(c.Messages)
	for i := range c.Messages {
		m := &c.Messages[i]
		m.Text, m.Answer = r.Text(m.Text), r.Text(m.Answer)
	}
	c.Observations = maps.Clone(c.Observations)
	for key, value := range c.Observations {
		c.Observations[key] = r.Text(value)
	}
	c.Messages = slices.Clone(c.Messages)
	for i := range c.Messages {
		c.Messages[i].Text, c.Messages[i].Answer = r.Text(c.Messages[i].Text), r.Text(c.Messages[i].Answer)
	}
	return c
}
