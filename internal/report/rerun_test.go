package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

func TestRerun(t *testing.T) {
	t.Parallel()
	const before = "ssoproof run --authentik 2025.8.1 --immich v2.7.5"
	tests := map[string]struct {
		command  string
		upgraded bool
		pair     bool
		kind     stack.Kind
		want     string
	}{
		"a run":                            {command: "run --stack fake --only x --out y", want: "ssoproof run --stack fake --only 'token.id'"},
		"an upgrade":                       {command: "upgrade --pair p.yaml --to 2025.8.1,v3.1.0 --skip=x", upgraded: true, want: "ssoproof upgrade --pair p.yaml --to 2025.8.1,v3.1.0 --only 'token.id'"},
		"before an upgrade":                {command: "upgrade --stack fake --pair p.yaml --from 2025.8.1,v2.7.5 --to=2025.8.1,v3.1.0 --order together --out y", want: before + " --stack fake --pair p.yaml --only 'token.id'"},
		"before an upgrade, by files":      {command: "upgrade --blueprint b.yaml --env A=b --to 2026.8,v3.1.0 --via 2025.10 --via 2025.12", want: before + " --blueprint b.yaml --env A=b --only 'token.id'"},
		"before an upgrade, by a guide":    {command: "upgrade --guide=2025-06-23 --from 2025.8.1,v2.7.5 --to 2025.8.1,v3.1.0", want: before + " --guide=2025-06-23 --only 'token.id'"},
		"images of before and of after":    {command: "upgrade --from 2025.8,v2.7 --image immich@v2.7.5=a:1 --image immich@v3.1.0=b:2 --image=edge=c:3,immich@v3.1.0=d:4", want: before + " --image immich=a:1 --image edge=c:3 --only 'token.id'"},
		"nobody's command":                 {command: "-test.run X", want: before + " --guide 2025-06-23 --only 'token.id'"},
		"nobody's command, on doubles":     {command: "-test.run X", kind: stack.Fake, want: before + " --stack fake --guide 2025-06-23 --only 'token.id'"},
		"nobody's command, of a pair file": {command: "-test.run X", pair: true, want: before + " --pair 2025-06-23 --only 'token.id'"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &report.Report{Cell: report.Cell{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2025-06-23"}, Stack: report.Stack{Kind: test.kind}}
			r.Run.Command = append([]string{"bin/ssoproof"}, strings.Fields(test.command)...)
			if test.upgraded {
				r.Upgrade = &report.Upgrade{}
			}
			if test.pair {
				r.Settings.Configuration = &guide.Configuration{}
			}
			assert.Equal(t, test.want, r.Rerun("token.id"))
		})
	}
}
