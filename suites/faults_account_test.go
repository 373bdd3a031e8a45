package suites_test

// v3 is the usual cell with the Immich that writes e-mails in small letters.
var v3 = cell{authentik: "2025.8.1", immich: "v3.1.0", guide: "2025-06-23"}

// accountFaults is what faults of accounts and of sessions do to the checks.
func accountFaults() []experiment {
	return []experiment{
		{
			immich: "newcomer-is-administrator",
			why:    "everybody who can log in would rule the server",
			fail:   []string{"account.newcomer"},
			says:   "role: the account is an administrator's",
		},
		{
			immich: "storage-label-lost",
			why:    "the files of new people go to folders that nobody can read",
			fail:   []string{"account.newcomer"},
			says:   "label: the account's storage label",
		},
		{
			immich: "newcomer-without-space",
			why:    "a new person can upload nothing",
			fail:   []string{"account.newcomer"},
			says:   "quota: the account's quota",
		},
		{
			immich: "takeover-renames",
			why:    "the account is the person's own, and so is its name",
			fail:   []string{"account.local"},
			says:   "kept: the account's name",
		},
		{
			immich: "takeover-drops-password",
			why:    "who could log in without authentik no longer can; the password is gone after unlinking, too",
			fail:   []string{"account.local"},
			says:   "password: the login with the account's password",
		},
		{
			immich: "unlink-drops-password",
			why:    "who unlinks is locked out",
			fail:   []string{"account.local"},
			says:   "unlinked: the login with the account's password",
		},
		{
			immich: "taken-email-opens-account",
			why:    "whoever gives himself another's e-mail is in the other's account",
			fail:   []string{"account.taken"},
			says:   "refused: Immich lets in a second identity with the e-mail of a linked account",
		},
		{
			immich: "account-without-email",
			why:    "an account that nobody can find again",
			fail:   []string{"account.email-missing"},
			says:   "refused: Immich lets in a login without an e-mail",
		},
		{
			immich: "email-capitals-kept", cell: v3,
			why:  "the person has two accounts from then on",
			fail: []string{"account.email-case"},
			says: "same: the account that the login opens",
		},
		{
			immich: "login-ends-other-sessions",
			why:    "the app is signed out by each login in the browser",
			fail:   []string{"session.several"}, inconclusive: []string{"account.local"},
			says: "beside: a browser beside two others",
		},
		{
			immich: "logout-ends-every-session",
			why:    "the other devices tell",
			fail:   []string{"session.several"},
			says:   "others: a browser beside one that was logged out of",
		},
		{
			immich: "other-sessions-survive",
			why:    "who has lost a device cannot sign it out",
			fail:   []string{"session.several"},
			says:   "everywhere: another device is still signed in",
		},
		{
			immich: "onboarding-forgotten",
			why:    "each login ends at the welcome",
			fail:   []string{"session.onboarding"},
			says:   "once: isOnboarded in the answer to the next login",
		},
	}
}
