package render

import "github.com/ssoproof/ssoproof/internal/report"

// The colours of a terminal, as SGR parameters.
const (
	red     = "31"
	green   = "32"
	yellow  = "33"
	magenta = "35"
	dim     = "2"
	bold    = "1"
)

func colour(w report.Weight) string {
	switch w {
	case report.Passed:
		return green
	case report.Violating:
		return red
	case report.Unjudged:
		return yellow
	case report.Advice, report.ForInformation, report.Excused:
		return magenta
	default:
		return dim
	}
}

func (c *Console) paint(code, text string) string {
	if !c.o.Terminal || c.o.NoColor {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
