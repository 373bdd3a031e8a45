package check

import "strings"

// parseFinding reads the labelled blocks of testify's failure text. The trace of source lines is dropped: it says
// nothing about the products.
func parseFinding(text string) Finding {
	blocks := labelledBlocks(text)
	if len(blocks) == 0 {
		return Finding{Message: strings.TrimSpace(text)}
	}
	f := Finding{Message: blocks["Messages"]}
	problem := blocks["Error"]
	f.Expected, f.Actual = expectedActual(problem)
	if f.Message == "" {
		f.Message, _, _ = strings.Cut(problem, "\n")
	} else if f.Expected == "" && f.Actual == "" && problem != "Should be true" && problem != "Should be false" { // then the message says it all
		f.Actual = problem
	}
	return f
}

// labelledBlocks splits "\tLabel:   \tline\n\t   \tline" as testify writes it.
func labelledBlocks(text string) map[string]string {
	blocks := map[string]string{}
	label := ""
	for _, line := range strings.Split(text, "\n") {
		head, rest, found := strings.Cut(strings.TrimPrefix(line, "\t"), "\t")
		if !found || !strings.HasPrefix(line, "\t") {
			continue
		}
		if name, isLabel := strings.CutSuffix(strings.TrimSpace(head), ":"); isLabel {
			label = name
			blocks[label] = rest
		} else if label != "" && strings.TrimSpace(head) == "" {
			blocks[label] += "\n" + rest
		}
	}
	delete(blocks, "Error Trace")
	return blocks
}

// expectedActual finds the two lines that testify's comparisons print.
func expectedActual(problem string) (expected, actual string) {
	for _, line := range strings.Split(problem, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(name) {
		case "expected":
			expected = strings.TrimSpace(value)
		case "actual":
			actual = strings.TrimSpace(value)
		}
	}
	return expected, actual
}
