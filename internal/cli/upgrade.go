package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/run"
)

func newUpgrade(env Environment, options run.Options) *cobra.Command {
	o := run.UpgradeOptions{Options: options}
	command := &cobra.Command{
		Use:   "upgrade --from AUTHENTIK,IMMICH --to AUTHENTIK,IMMICH",
		Short: "Upgrade a configured pair and judge what became of it",
		Long: "Applies a guide to the pair at --from and judges it, makes what only time makes (accounts, sessions, consent),\n" +
			"replaces the products step by step on the same data without touching a setting, and judges the pair at --to:\n" +
			"whether sessions, accounts and settings outlive the upgrade, then every check once more. The bundle of before\n" +
			"lies in the folder before of the output directory.\n\n" +
			"Exit codes: 0 conformant after the upgrade · 1 violation, also a release that does not start on the old data ·\n" +
			"2 usage · 3 no stack · 4 inconclusive · 5 interrupted.",
		Example: "  ssoproof upgrade --from 2025.8.1,v2.7.5 --to 2025.8.1,v3.1.0\n" +
			"  ssoproof upgrade --from 2024.8.4,v2.7.5 --to 2025.8.1,v2.7.5 --via 2024.10 --via 2024.12 --via 2025.2 --via 2025.4 --via 2025.6\n" +
			"  ssoproof upgrade --from 2025.8.1,v2.7.5 --to 2025.10.4,v3.1.0 --order immich-first",
		Args: wants(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			outcome, err := run.Upgrade(cmd.Context(), o)
			annotate(env, outcome)
			return ended(outcome, err)
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.From, "from", "", "the pair that the guide is applied to, AUTHENTIK,IMMICH")
	flags.StringVar(&o.To, "to", "", "the pair to upgrade to, AUTHENTIK,IMMICH")
	flags.StringArrayVar(&o.Via, "via", nil, "a release to go through; Immich's begin with v, or say immich=2.5.6 or authentik=2024.10")
	flags.StringVar(&o.Order, "order", run.Together, "which product goes first: together, authentik-first or immich-first")
	stackFlags(flags, &o.Options)
	flags.Lookup("guide").Usage = "a revision, a file or a URL (default: the one shipped with the authentik of --from)"
	flags.Lookup("image").Usage = "replace the image of a service, SERVICE=REF, or of one release of it, SERVICE@VERSION=REF; services as for run"
	judgeFlags(flags, &o.Options, runtime.NumCPU())
	return command
}
