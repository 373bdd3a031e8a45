package cli

import (
	"net/http"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ssoproof/ssoproof/internal/run"
)

func newDoctor(env Environment, options run.Options) *cobra.Command {
	o := run.DoctorOptions{Options: options, Proxy: http.ProxyFromEnvironment}
	o.Login.Terminal, o.Login.Say = env.person(), env.Err
	format := "text"
	command := &cobra.Command{
		Use:   "doctor URL",
		Short: "Say why logins to a running Immich do not work, changing nothing there but by --login",
		Long: "Asks a running Immich, and the authentik that it sends people to, what anybody may ask without credentials: names,\n" +
			"certificates, clocks, what stands before the API, and for each of Immich's clients whether a login begins and\n" +
			"authentik takes its redirect URI. It sends at most 60 requests, 2 a second, and none that changes anything.\n\n" +
			"With --login it also logs a person in, after saying what that writes and asking whether to go on, and logs out again.\n" +
			"The password is asked for, or read from a file. A wrong one is sent once.\n" +
			"With --browser a Chromium on this machine does it, and pictures of the pages go into the report.\n\n" +
			"Exit codes: 0 nothing is wrong with what can be seen · 1 something is · 2 usage · 4 it could not be told ·\n" +
			"5 interrupted.",
		Example: "  ssoproof doctor https://photos.example.org\n" +
			"  ssoproof doctor https://photos.example.org --issuer https://auth.example.org/application/o/photos/\n" +
			"  ssoproof doctor https://photos.example.org --login alice\n" +
			"  ssoproof doctor https://photos.example.org --resolve photos.example.org:443:192.168.0.2 --ca-file my-ca.pem",
		Args: wants("URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return misuse(cmd, "--format %s: want text or json", format)
			}
			if cmd.Flags().Changed("login") && o.Login.Name == "" {
				return misuse(cmd, "--login: want the name, or the e-mail, of a person at authentik")
			}
			o.Immich, o.JSON = args[0], format == "json"
			return ended(run.Doctor(cmd.Context(), o))
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&o.Origins, "origin", nil, "a further address of the same Immich; may be repeated")
	flags.StringVar(&o.Issuer, "issuer", "", "authentik's issuer, as the provider's page there shows it (default: that of the slug immich, or of the name on its login page)")
	wayFlags(flags, &o)
	liveFlags(flags, &o.Live)
	loginFlags(flags, &o.Login)
	flags.StringVar(&o.Guide, "guide", "", "the guide to compare the settings with (default: the one shipped with that authentik)")
	flags.StringVar(&format, "format", format, "text or json")
	flags.StringVar(&o.Out, "out", "", "output directory (default results/<time>-doctor-<host>)")
	return command
}

// wayFlags are those that say how a live pair is reached.
func wayFlags(flags *pflag.FlagSet, o *run.DoctorOptions) {
	flags.StringVar(&o.CAFile, "ca-file", "", "certificates in PEM form of CAs to trust beside this machine's")
	flags.StringArrayVar(&o.Resolve, "resolve", nil, "where a name is, HOST:PORT:ADDRESS; may be repeated")
}

// loginFlags are those of a real login.
func loginFlags(flags *pflag.FlagSet, o *run.LoginOptions) {
	flags.StringVar(&o.Name, "login", "", "log this person in, by user name or e-mail at authentik, and out again")
	flags.StringVar(&o.PasswordFile, "password-file", "", "a file with the person's password (default: it is asked for)")
	flags.BoolVar(&o.Yes, "yes", false, "log in without asking whether to go on")
	flags.BoolVar(&o.Browser, "browser", false, "log in with a Chromium on this machine, with pictures, and not over HTTP")
	flags.BoolVar(&o.Consent, "consent", false, "agree where authentik asks whether Immich may have the person's data")
}

// liveFlags are those by which the settings of a live pair can be read. Credentials come from files: arguments are seen by all.
func liveFlags(flags *pflag.FlagSet, o *run.LiveOptions) {
	flags.StringVar(&o.KeyFile, "immich-api-key-file", "", "a file with an API key of Immich's; it needs the permission systemConfig.read alone")
	flags.StringVar(&o.TokenFile, "authentik-token-file", "", "a file with an API token of authentik's that may view providers, applications and what they refer to")
	flags.StringVar(&o.AuthentikURL, "authentik", "", "authentik's address (default: where Immich's issuer points)")
	flags.StringVar(&o.Provider, "provider", "", "the provider, by name, client ID or slug, where several look like Immich's")
}
