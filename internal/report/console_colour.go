package report

// The colours of a terminal, as SGR parameters.
const (
	red     = "31"
	green   = "32"
	yellow  = "33"
	magenta = "35"
	dim     = "2"
	bold    = "1"
)

func colour(w weight) string {
	switch w {
	case passed:
		return green
	case violation:
		return red
	case unjudged:
		return yellow
	case advice, note, known:
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
