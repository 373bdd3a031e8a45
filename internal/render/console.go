package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// ConsoleOptions says what a Console writes to.
type ConsoleOptions struct {
	Out      io.Writer
	Terminal bool // a person watches: colour and a line of what is running
	NoColor  bool // no colour on a terminal either (NO_COLOR)
	Width    int  // columns of the terminal; 0: 100
	// Every is after how long a silence what is still going on says so where nobody watches; 0: 15 s.
	Every time.Duration
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Console tells of a run as it goes. It is safe for concurrent use; Close ends it.
type Console struct {
	o    ConsoleOptions
	stop func() // once
	quit chan struct{}
	done chan struct{}

	mu      sync.Mutex
	phases  []activity // being waited for
	running []activity // checks
	silent  bool       // nothing was printed since the last tick
	planned int
	ended   int
	width   int // of the longest name of the plan
	broken  int
	live    bool // the last line is the live line
}

type activity struct {
	subject string // of a phase
	name    string
	since   time.Time
}

// NewConsole starts a console; on a terminal it redraws its live line every second, elsewhere it breaks long silences.
func NewConsole(o ConsoleOptions) *Console {
	if o.Width == 0 {
		o.Width = 100
	}
	if o.Every == 0 {
		o.Every = 15 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	quit := make(chan struct{})
	c := &Console{o: o, stop: sync.OnceFunc(func() { close(quit) }), quit: quit, done: make(chan struct{})}
	if o.Terminal {
		go c.tick(time.Second, func() { c.print("") })
	} else {
		go c.tick(o.Every, c.remind)
	}
	return c
}

func (c *Console) tick(every time.Duration, do func()) {
	defer close(c.done)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-c.quit:
			return
		case <-ticker.C:
			do()
		}
	}
}

// Close takes the live line away for good; Summary comes after it. It is safe to call twice.
func (c *Console) Close() {
	c.stop()
	<-c.done
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phases, c.running = nil, nil
	c.erase()
}

// Start names what the run judges and, in a run with fakes, what that proves.
func (c *Console) Start(r *report.Report) {
	text := "ssoproof: " + plain.OneLine(r.Cell.String()) + ", " + string(r.Stack.Kind) + " stack\n"
	if banner := r.Banner(); banner != "" {
		text += c.paint(magenta, plain.Wrap(banner, min(c.o.Width, 100), "! ")) + "\n"
	}
	c.print(text)
}

// Note prints one line.
func (c *Console) Note(text string) { c.print("note: " + plain.OneLine(text) + "\n") }

// Waiting tells that a phase goes on; it is what a stack reports its progress to. It replaces what was told of the same
// subject before.
func (c *Console) Waiting(p stack.Progress, elapsed time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := activity{p.Subject, plain.OneLine(p.String()), c.o.Now().Add(-elapsed)}
	if i := slices.IndexFunc(c.phases, func(a activity) bool { return a.subject == p.Subject }); i >= 0 {
		c.phases[i] = now
	} else {
		c.phases = append(c.phases, now)
	}
}

// remind says what is going on where nothing was printed since the last time.
func (c *Console) remind() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent {
		for _, a := range slices.Concat(c.phases, c.running) {
			c.write(fmt.Sprintf("… %s (%s so far)\n", plain.Short(a.name, 200), plain.Seconds(c.o.Now().Sub(a.since).Seconds())))
		}
	}
	c.silent = true
}

// PhaseEnded tells how long a phase took. What was being waited for in it is over as well.
func (c *Console) PhaseEnded(name string, took time.Duration) {
	c.mu.Lock()
	c.phases = nil
	c.mu.Unlock()
	c.print(fmt.Sprintf("%-10s %s\n", name, plain.Seconds(took.Seconds())))
}

// Planned tells how many checks will run, by their names.
func (c *Console) Planned(names []string) {
	c.mu.Lock()
	c.planned = len(names)
	for _, name := range names {
		c.width = min(60, c.o.Width-besideName, max(c.width, len(name)))
	}
	c.mu.Unlock()
	c.print(plain.Count(len(names), "check") + " planned\n")
}

// Started tells that a check begins.
func (c *Console) Started(name string) {
	c.mu.Lock()
	c.running = append(c.running, activity{name: name, since: c.o.Now()})
	c.mu.Unlock()
	c.print("")
}

// besideName is what a check's line holds beside its name and its reason.
const besideName = 30

// room is how much of a reason stands behind a name: on a terminal what fits, since the summary gives it all.
func (c *Console) room(name int) int {
	if !c.o.Terminal {
		return 200
	}
	if room := c.o.Width - besideName - name; room >= 20 {
		return room
	}
	return 0
}

// Ended prints the line of a check that ended.
func (c *Console) Ended(r check.Result) {
	c.mu.Lock()
	c.ended++
	if w := report.Weigh(r); w == report.Violating || w == report.Unjudged {
		c.broken++
	}
	c.running = slices.DeleteFunc(c.running, func(a activity) bool { return a.name == r.Name() })
	width := c.width
	c.mu.Unlock()
	status := fmt.Sprintf("%-15s", statusOf(r))
	line := fmt.Sprintf("%s %-*s %10s", c.paint(colour(report.Weigh(r)), status), width, r.Name(), plain.Seconds(r.Seconds))
	if room := c.room(max(width, len(r.Name()))); r.Reason != "" && room > 0 {
		line += "  " + plain.Short(plain.OneLine(r.Reason), room)
	}
	c.print(line + "\n")
}

// print writes whole lines above the live line and draws that again.
func (c *Console) print(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	c.silent = c.silent && text == ""
	c.write(text)
	if line := c.liveLine(); line != "" {
		c.write(line)
		c.live = true
	}
}

// write writes what no CI system takes for a command of ours, whoever the text is from. A console that cannot be written
// must not end the run.
func (c *Console) write(text string) { _, _ = io.WriteString(c.o.Out, plain.Inert(text)) }

func (c *Console) erase() {
	if c.live {
		c.write("\r\x1b[2K")
		c.live = false
	}
}

// liveLine names what is running and for how long, within one line of the terminal.
func (c *Console) liveLine() string {
	if !c.o.Terminal || len(c.phases)+len(c.running) == 0 {
		return ""
	}
	var parts []string
	if c.planned > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d", c.ended, c.planned))
	}
	if c.broken > 0 {
		parts = append(parts, fmt.Sprintf("%d not passed", c.broken))
	}
	for _, a := range slices.Concat(c.phases, c.running) {
		parts = append(parts, fmt.Sprintf("%s %d s", a.name, int(c.o.Now().Sub(a.since).Seconds())))
	}
	return c.paint(dim, plain.Short(strings.Join(parts, " · "), c.o.Width-1))
}
