package run

import (
	"context"
	"time"
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
