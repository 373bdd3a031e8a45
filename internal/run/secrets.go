package run

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// meetLimit is for an edge that answers no more: what it has recorded is read beside the checks.
const meetLimit = 10 * time.Second

// meet makes known what secrets went over the wire since it was last asked, also after an interrupt. Without an answer
// secrets are found by their places only.
func (j *judge) meet(ctx context.Context) {
	j.meeting.Lock()
	defer j.meeting.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), meetLimit)
	defer cancel()
	exchanges, err := j.pair.world.Edge.Exchanges(ctx, j.met)
	if err != nil {
		return
	}
	for i := range exchanges {
		j.redactor.Meet(&exchanges[i])
		j.met = exchanges[i].ID
	}
}

// redact takes the secrets that are known by now out of what came into the report before.
func (r *road) redact(rep *report.Report) {
	for i := range rep.Checks {
		rep.Checks[i] = r.redactor.Result(rep.Checks[i])
	}
	rep.Notes = slices.Clone(rep.Notes)
	for i := range rep.Notes {
		rep.Notes[i] = r.redactor.Text(rep.Notes[i])
	}
	for i := range rep.Causes {
		for _, text := range rep.Causes[i].Texts() {
			*text = r.redactor.Text(*text)
		}
	}
}

// waiting shows what is being waited for, which can hold a product's words.
func (r *road) waiting(p stack.Progress, elapsed time.Duration) {
	p.Text = r.redactor.Text(p.Text)
	r.console.Waiting(p, elapsed)
}

// withhold looks for the run's secrets in everything that was written, as the last thing that happens to it. A run that
// would have given one away is not conformant; what its checks say of the products stays.
func (r *road) withhold(verdict report.Verdict) (report.Verdict, error) {
	leaks, err := r.redactor.Withhold(r.dir)
	for _, leak := range leaks {
		r.note(leak.String())
		r.withheld = append(r.withheld, leak.Path)
	}
	if len(r.withheld) == 0 && err == nil {
		return verdict, nil
	}
	if verdict.ExitCode() == 0 {
		verdict = report.Inconclusive
	}
	err = errors.Join(err,
		r.writer.Update(func(rep *report.Report) { rep.Verdict, rep.Run.Withheld = verdict, r.withheld }),
		r.render(),
	)
	// What is rendered anew of a report that holds a secret holds it again.
	_, again := r.redactor.Withhold(r.dir)
	if err = errors.Join(err, again); err != nil {
		err = &toldError{err: err, text: r.redactor.Text(err.Error())}
	}
	return verdict, unwritten(r.dir, err)
}
