package render_test

import (
	"encoding/xml"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// The reader's view of JUnit XML, written apart from what renders it: totals are what CI servers count themselves.
type readSuites struct {
	XMLName  xml.Name    `xml:"testsuites"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Suites   []readSuite `xml:"testsuite"`
}

type readSuite struct {
	Name       string     `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Properties []readProp `xml:"properties>property"`
	Cases      []readCase `xml:"testcase"`
}

type readProp struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type readCase struct {
	ClassName string       `xml:"classname,attr"`
	Name      string       `xml:"name,attr"`
	Time      float64      `xml:"time,attr"`
	File      string       `xml:"file,attr"`
	Line      int          `xml:"line,attr"`
	Failures  []readDetail `xml:"failure"`
	Errors    []readDetail `xml:"error"`
	Skipped   []readDetail `xml:"skipped"`
	Out       string       `xml:"system-out"`
}

type readDetail struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func readJUnit(t *testing.T, r *report.Report) (readSuites, map[string]readCase) {
	t.Helper()
	data, err := render.JUnit(r)
	require.NoError(t, err)
	var all readSuites
	require.NoError(t, xml.Unmarshal(data, &all))
	cases := map[string]readCase{}
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			cases[c.Name] = c
		}
	}
	return all, cases
}

func TestJUnitCountsWhatItHolds(t *testing.T) {
	t.Parallel()
	all, cases := readJUnit(t, reporttest.Sample())
	sum := readSuites{}
	for _, s := range all.Suites {
		held := readSuite{Tests: len(s.Cases)}
		for _, c := range s.Cases {
			assert.LessOrEqual(t, len(c.Failures)+len(c.Errors)+len(c.Skipped), 1, "%s has one outcome", c.Name)
			assert.Equal(t, "ssoproof."+s.Name, c.ClassName)
			held.Failures += len(c.Failures)
			held.Errors += len(c.Errors)
			held.Skipped += len(c.Skipped)
		}
		assert.Equal(t, [4]int{held.Tests, held.Failures, held.Errors, held.Skipped},
			[4]int{s.Tests, s.Failures, s.Errors, s.Skipped}, s.Name)
		assert.Contains(t, s.Properties, readProp{"verdict", "violation"})
		assert.Contains(t, s.Properties, readProp{"guide", "2024-03-28"})
		sum.Tests += s.Tests
		sum.Failures += s.Failures
		sum.Errors += s.Errors
		sum.Skipped += s.Skipped
	}
	assert.Equal(t, [4]int{10, 3, 2, 3}, [4]int{sum.Tests, sum.Failures, sum.Errors, sum.Skipped})
	assert.Equal(t, [4]int{10, 3, 2, 3}, [4]int{all.Tests, all.Failures, all.Errors, all.Skipped})
	assert.Len(t, cases, 10, "every check is a case of its own")
}

func TestJUnitOutcomes(t *testing.T) {
	t.Parallel()
	_, cases := readJUnit(t, reporttest.Sample())

	miss := cases["redirect.refused[miss=host-dot]"]
	require.Len(t, miss.Failures, 1)
	assert.Contains(t, miss.Failures[0].Text, "the error page, status 400")
	assert.Contains(t, miss.Failures[0].Text, "code=REDACTED\n", "characters that XML cannot hold are gone")
	assert.Equal(t, reporttest.GuidePage, miss.File)
	assert.Equal(t, 37, miss.Line)

	assert.Equal(t, 36, cases["guide.covers-clients"].Line, "the line at fault, not the first requirement's")
	assert.Equal(t, 33, cases["guide.authentik"].Line)
	assert.Len(t, cases["redirect.documented[uri=app]"].Failures, 1, "an unexpected pass is a failure")
	assert.Len(t, cases["login.web.first[consent=explicit]"].Errors, 1, "what could not be judged is an error")
	assert.Len(t, cases["token.id"].Errors, 1)

	should := cases["logout.web"]
	require.Len(t, should.Skipped, 1, "a should turns no build red")
	assert.Contains(t, should.Skipped[0].Message, "fail (should): the session at authentik lives on <script>")
	assert.NotEmpty(t, should.Out)
	expected := cases["login.mobile.native[app=2.6,slashes=3]"]
	require.Len(t, expected.Skipped, 1)
	assert.Contains(t, expected.Skipped[0].Message, "expected-fail: known since")
	require.Len(t, cases["login.web.again"].Skipped, 1)
	assert.Equal(t, "blocked by login.web.first[consent=explicit]", cases["login.web.again"].Skipped[0].Message)
}

func TestJUnitHoldsAnyText(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Checks[1].Findings[0] = check.Finding{Message: "a\x00b ]]> \xff \ufffe \x1b[1mbold\x1b[0m \u00e4 & <x>"}
	r.Cell.Guide = "a\x01b"
	_, cases := readJUnit(t, r)
	assert.Contains(t, cases["guide.covers-clients"].Failures[0].Text, "ab ]]>   bold ä & <x>")
}
