package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/ssoproof/ssoproof/internal/run"
)

func newUpgrade(env Environment, options run.Options) *cobra.Command {
	o := run.UpgradeOptions{Options: options}
	command := &cobra.Command{
		Use:   "upgrade --to AUTHENTIK,IMMICH",
		Short: "Upgrade a configured pair and judge what became of it",
		Long: "Applies a guide, or your own configuration, to the pair at --from and judges it, makes what only time makes\n" +
			"(accounts, sessions, consent), replaces the products step by step on the same data without touching a setting, and\n" +
			"judges the pair at --to: whether sessions, accounts and settings outlive the upgrade, then every check once more.\n" +
			"The bundle of before lies in the folder before of the output directory.\n\n" +
			"Where a product does not start without a release in between, the upgrade goes through that release and says so;\n" +
			"what a product only advises is a note, and is followed with --via.\n\n" +
			"It ends with an answer: the upgrade is safe, safe after the changes that it names, not safe, or not known to be safe.\n" +
			"What failed before the upgrade as well is not held against it: the answer says so, and what mends it. The exit code\n" +
			"is that of the pair after the upgrade, so it is 1 for that, too.\n\n" +
			"Exit codes: 0 conformant after the upgrade · 1 violation, also one from before it, or a release that does not\n" +
			"start on the old data · 2 usage · 3 no stack · 4 inconclusive · 5 interrupted.",
		Example: "  ssoproof upgrade --pair pair.yaml --to 2025.8.1,v3.1.0\n" +
			"  ssoproof upgrade --from 2025.8.1,v2.7.5 --to 2025.8.1,v3.1.0\n" +
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
	flags.StringVar(&o.From, "from", "", "the pair that the guide is applied to, AUTHENTIK,IMMICH (default: the one that the pair file was captured from)")
	flags.StringVar(&o.To, "to", "", "the pair to upgrade to, AUTHENTIK,IMMICH")
	flags.StringArrayVar(&o.Via, "via", nil, "a release to go through; Immich's begin with v, or say immich=2.5.6 or authentik=2024.10")
	flags.StringVar(&o.Order, "order", run.Together, "which product goes first: together, authentik-first or immich-first")
	stackFlags(flags, &o.Options)
	flags.Lookup("guide").Usage = "a revision, a file or a URL (default: the one shipped with the authentik of --from)"
	flags.Lookup("image").Usage = "replace the image of a service, SERVICE=REF, or of one release of it, SERVICE@VERSION=REF; services as for run"
	judgeFlags(flags, &o.Options, runtime.NumCPU())
	return command
}
