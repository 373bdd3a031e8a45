package suites_test

// v3 is the usual cell with the Immich that writes e-mails in small letters.
var v3 = cell{authentik: "2025.8.1", immich: "v3.1.0", guide: "2025-06-23"}

// accountFaults is what faults of accounts and of sessions do to the checks.
func accountFaults() []experiment {
	return []experiment{
		{
			immich: "newcomer-is-administrator",
			why:    "everybody who can log in would rule the server",
			fail: []string{
				"account.newcomer", "account.claims[form=number]", "account.claims[form=array]", "account.claims[form=absent]", "account.claims[form=blank]", "account.claims[form=foreign]",
			},
			says: "role: the account is an administrator's",
		},
		{
			immich: "storage-label-lost",
			why:    "the files of new people go to folders that nobody can read",
			fail:   []string{"account.newcomer", "account.claims[form=string]", "account.claims[form=foreign]"},
			says:   "label: the account's storage label",
		},
		{
			immich: "newcomer-without-space",
			why:    "a new person can upload nothing",
			fail: []string{
				"account.newcomer", "account.claims[form=number]", "account.claims[form=string]", "account.claims[form=array]", "account.claims[form=absent]", "account.claims[form=foreign]",
			},
			says: "quota: the account's quota",
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
			fail:   []string{"account.taken", "account.subject-mode"},
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
			immich: "label-of-any-form",
			why:    "two people of the same number share a folder",
			fail:   []string{"account.claims[form=number]", "account.claims[form=array]"},
			says:   "label: the account's storage label",
		},
		{
			immich: "quota-claim-ignored",
			why:    "one person fills the disk of all",
			fail:   []string{"account.claims[form=number]", "account.claims[form=string]", "account.claims[form=array]", "account.claims[form=blank]"},
			says:   "quota: the account's quota in bytes",
		},
		{
			immich: "role-of-any-form",
			why:    "whoever has any role rules the server",
			fail:   []string{"account.claims[form=number]", "account.claims[form=array]", "account.claims[form=blank]", "account.claims[form=foreign]"},
			says:   "role: the account is an administrator's",
		},
		{
			immich: "blank-name-kept",
			why:    "nobody can tell who it is",
			fail:   []string{"account.claims[form=absent]", "account.claims[form=blank]", "account.claims[form=foreign]"},
			says:   "name: the account's name",
		},
		{
			immich: "later-claims-taken",
			why:    "the files of a person go to another folder, and what an administrator set is lost",
			fail:   []string{"account.claims-later", "account.local"},
			says:   "kept: the account's quota",
		},
		{
			immich: "role-given-once", cell: v3,
			why:  "who was an administrator once stays one",
			fail: []string{"account.claims-later"},
			says: "role: the account is an administrator's after a login with the role admin",
		},
		{
			immich: "other-email-not-found",
			why:    "the person has two accounts from then on",
			fail:   []string{"account.other-email", "account.relinked"},
			says:   "opens: the account",
		},
		{
			immich: "unlinked-identity-barred",
			why:    "who unlinks by mistake cannot go back",
			fail:   []string{"account.relinked"}, inconclusive: []string{"account.administrator"},
			says: "linked: linking once more",
		},
		{
			immich: "takeover-demotes",
			why:    "nobody is left who can change the settings",
			fail:   []string{"account.administrator", "account.local"},
			says:   "login: the account is an administrator's",
		},
		{
			immich: "unlink-demotes",
			why:    "nobody is left who can change the settings",
			fail:   []string{"account.administrator", "account.local"},
			says:   "unlinked: the account is an administrator's",
		},
		{
			immich: "link-demotes",
			why:    "nobody is left who can change the settings",
			fail:   []string{"account.administrator"},
			says:   "linked: the account is an administrator's",
		},
		{
			authentik: "claims-as-text",
			why:       "who writes a number or a list in a mapping means one",
			fail:      []string{"account.claims[form=number]", "account.claims[form=array]"},
			says:      "label: the account's storage label",
		},
		{
			authentik: "subject-mode-ignored",
			why:       "the subject is what the settings say, or nothing can be planned",
			fail:      []string{"account.subject-mode"},
			says:      "refused: Immich lets in a new subject",
		},
		{
			immich: "login-ends-other-sessions",
			why:    "the app is signed out by each login in the browser",
			fail:   []string{"session.several", "account.administrator"}, inconclusive: []string{"account.local"},
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
