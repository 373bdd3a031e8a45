package render

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

var (
	absolutePath = regexp.MustCompile(`^(/|[A-Za-z]:[\\/]|\\\\)`)
	homePath     = regexp.MustCompile("(?:\\B/(?:home|Users|root|tmp|private|var/folders)/|\\b[A-Za-z]:\\\\Users\\\\)[^\\s'\"`:,;()]*")
)

// anonymous makes a text one line that names no folder of the machine that ran: of the files that the command names, and
// of all below a home, the name alone is left.
func anonymous(r *report.Report) func(string) string {
	named := []string{r.Settings.Source, r.Cell.Guide}
	for _, argument := range r.Run.Command {
		_, value, _ := strings.Cut(argument, "=")
		named = append(named, argument, value)
	}
	for _, c := range r.Causes {
		named = append(named, c.Fix.File)
	}
	named = slices.DeleteFunc(named, func(path string) bool { return !absolutePath.MatchString(path) || baseOf(path) == "" })
	slices.SortFunc(named, func(a, b string) int { return len(b) - len(a) }) // a folder after what is in it
	var pairs []string
	for _, path := range named {
		pairs = append(pairs, path, baseOf(path))
	}
	short := strings.NewReplacer(pairs...)
	return func(text string) string {
		return plain.OneLine(homePath.ReplaceAllStringFunc(short.Replace(text), baseOf))
	}
}

// baseOf is the name of a file, by the rules of either system: the report may be another machine's.
func baseOf(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
