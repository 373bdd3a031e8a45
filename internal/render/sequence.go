package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// The measures of a diagram, in its own units: a character of its texts is 12 high and charWidth wide.
const (
	charWidth   = 7.3
	lineHeight  = 16
	clockWidth  = 64  // for the time, left of everything
	edgeWidth   = 90  // half of a party's box
	headHeight  = 60  // the parties' boxes, and some air
	betweenTwo  = 300 // parties side by side
	betweenMany = 250 // where more than three take part
	textLines   = 4   // of one text; the table beside the diagram has all of it
)

// sequence is the messages of a check as a diagram: a column for each party, time runs downwards.
type sequence struct {
	ID            string
	Width, Height int
	Parties       []lifeline
	Arrows        []arrow
	Messages      []message
	Failed        bool
}

type lifeline struct {
	Name string
	X    int
}

// arrow is a request, or the answer to one.
type arrow struct {
	FromX, ToX, Y  int
	Mid            int // where its text is centred
	Lines          []textLine
	Clock          string
	Answer, Failed bool
}

// Head is the path of the arrow's head.
func (a arrow) Head() string {
	back := -8
	if a.ToX < a.FromX {
		back = 8
	}
	return fmt.Sprintf("M%d %dl%d -4v8z", a.ToX, a.Y, back)
}

type textLine struct {
	Text string
	Y    int
}

// message is one exchange in words.
type message struct {
	Number                 int
	From, To, Text, Answer string
	After                  float64
	Failed                 bool
}

// newSequence lays messages out; nil: there are none.
func newSequence(id string, messages []check.Message) *sequence {
	if len(messages) == 0 {
		return nil
	}
	parties := partiesOf(messages)
	gap := betweenTwo
	if len(parties) > 3 {
		gap = betweenMany
	}
	column := func(p check.Party) int { return clockWidth + edgeWidth + gap*slices.Index(parties, p) }
	s := &sequence{ID: id, Width: column(parties[len(parties)-1]) + edgeWidth}
	for _, p := range parties {
		s.Parties = append(s.Parties, lifeline{partyName(p), column(p)})
	}
	y := headHeight
	for i, m := range messages {
		one := message{Number: i + 1, From: partyName(m.From), To: partyName(m.To), Text: plain.OneLine(m.Text),
			Answer: plain.OneLine(m.Answer), After: m.After, Failed: m.Failed}
		s.Messages = append(s.Messages, one)
		s.Failed = s.Failed || m.Failed
		request := arrow{FromX: column(m.From), ToX: column(m.To), Clock: plain.Seconds(m.After)}
		if m.From == m.To {
			request.ToX += gap / 2
		}
		answer := arrow{FromX: request.ToX, ToX: request.FromX, Answer: true, Failed: m.Failed}
		y = request.place(y, fmt.Sprintf("%d. %s", one.Number, one.Text))
		y = answer.place(y, one.Reply())
		s.Arrows = append(s.Arrows, request, answer)
		y += lineHeight / 2
	}
	s.Height = y + lineHeight/2
	return s
}

// place puts the arrow and the text above it below y, and says where the next thing may stand.
func (a *arrow) place(y int, text string) int {
	a.Mid = (a.FromX + a.ToX) / 2
	room := int(float64(max(a.FromX, a.ToX)-min(a.FromX, a.ToX)-lineHeight) / charWidth)
	for _, line := range fold(text, room, textLines) {
		y += lineHeight
		a.Lines = append(a.Lines, textLine{line, y - 5})
	}
	a.Y = y + 2
	return a.Y + 4
}

// Reply is the answer, marked where it is a refusal: colour alone tells not everybody.
func (m message) Reply() string {
	if m.Failed {
		return "✗ " + m.Answer
	}
	return m.Answer
}

// partiesOf is who takes part, in the order of a login: who asks stands left of who answers.
func partiesOf(messages []check.Message) []check.Party {
	all := []check.Party{check.App, check.Browser, check.Immich, check.Authentik}
	takesPart := func(p check.Party) bool {
		return slices.ContainsFunc(messages, func(m check.Message) bool { return m.From == p || m.To == p })
	}
	for _, m := range messages { // a report of another version may know more
		for _, p := range []check.Party{m.From, m.To} {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return slices.DeleteFunc(all, func(p check.Party) bool { return !takesPart(p) })
}

func partyName(p check.Party) string {
	switch p {
	case check.Immich:
		return "Immich"
	case check.App:
		return "mobile app"
	}
	return plain.OneLine(string(p))
}

// fold breaks a text into lines of at most width characters and cuts it after limit lines.
func fold(text string, width, limit int) []string {
	var lines []string
	var line []rune
	for _, word := range strings.Fields(text) {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) > width && len(rest) <= width {
			lines, line = append(lines, string(line)), nil
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		for len(line)+len(rest) > width {
			n := breakAt(rest, max(0, width-len(line)), width)
			lines = append(lines, string(append(line, rest[:n]...)))
			line, rest = nil, rest[n:]
		}
		line = append(line, rest...)
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	if len(lines) > limit {
		last := []rune(lines[limit-1])
		lines = append(lines[:limit-1], string(last[:min(len(last), width-1)])+"…")
	}
	return lines
}

// breakAt is where to break a word that does not fit into the n characters that are left of a line of width: behind a sign
// of an address, else before the word, else anywhere.
func breakAt(word []rune, n, width int) int {
	for i := n; i > n/2; i-- {
		if strings.ContainsRune("/?&=,", word[i-1]) {
			return i
		}
	}
	if n < width {
		return 0
	}
	return n
}
