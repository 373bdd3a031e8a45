package mutants

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// process is a running copy of the edited doubles. It is started when it is needed, and anew when an edit has ended it.
type process struct {
	binary  string
	command *exec.Cmd // nil: none runs
	in      io.WriteCloser
	out     *json.Decoder
}

// ended is an edit that took its process with it.
type ended struct{ how string }

func (e *ended) Error() string { return e.how }

// hardLimit is for a task whose own limits do not hold, since an edit goes round in circles.
const hardLimit = runLimit + 30*time.Second

func (p *process) do(ctx context.Context, t task) (outcome, error) {
	if p.command == nil {
		if err := p.start(); err != nil {
			return outcome{}, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, hardLimit)
	defer cancel()
	kill := context.AfterFunc(ctx, func() { _ = p.command.Process.Kill() }) // it has ended already
	defer kill()
	var o outcome
	err := json.NewEncoder(p.in).Encode(t)
	if err == nil {
		err = p.out.Decode(&o)
	}
	if err == nil {
		return o, nil
	}
	p.stop()
	if ctx.Err() != nil {
		return o, &ended{"it hangs"}
	}
	return o, &ended{"the double breaks down"}
}

func (p *process) start() error {
	p.command = exec.Command(p.binary, "work") //nolint:noctx // it is ended by its input, or by stop
	in, err := p.command.StdinPipe()
	if err != nil {
		return fmt.Errorf("start the edited doubles: %w", err)
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start the edited doubles: %w", err)
	}
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("start the edited doubles: %w", err)
	}
	p.in, p.out = in, json.NewDecoder(out)
	return nil
}

// stop ends the process, whatever it does.
func (p *process) stop() {
	if p.command == nil {
		return
	}
	_ = p.in.Close()
	_ = p.command.Process.Kill()
	_ = p.command.Wait() // it was killed
	p.command = nil
}
