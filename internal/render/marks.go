package render

import (
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// problemView is a finding whose expected and actual values say where they differ.
type problemView struct {
	report.Problem
	Wanted, Got marked
}

// marked is a text and what differs in it from another.
type marked struct {
	Before, Differs, After string
	Marked                 bool // Differs, or that there is nothing in its place
}

func viewProblem(p report.Problem) problemView {
	v := problemView{Problem: p, Wanted: marked{Before: plain.Printable(p.Expected)}, Got: marked{Before: plain.Printable(p.Actual)}}
	if wanted, got, alike := difference([]rune(v.Wanted.Before), []rune(v.Got.Before)); alike {
		v.Wanted, v.Got = wanted, got
	}
	return v
}

// difference finds the place at which two texts differ. Texts that share less than half of the longer are not alike: a
// mark would say nothing.
func difference(a, b []rune) (marked, marked, bool) {
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	split := func(t []rune) marked {
		return marked{string(t[:head]), string(t[head : len(t)-tail]), string(t[len(t)-tail:]), true}
	}
	return split(a), split(b), 2*(head+tail) >= max(len(a), len(b)) && string(a) != string(b)
}
