package e2e

// scenario is one thing that a client does to an image of its own, and what
// each vendor says to that.
type scenario struct {
	name  string
	image image          // how it is when the server starts
	aim   string         // the image id that is sent instead; PREFIX is the vendor's
	as    func(*speaker) // changes who calls; nil: the owner, at home
	do    func(c client, image string) error

	pending string // why the case waits for the server; empty: it does not
	tencent fault  // zero: the call succeeds
	alibaba fault  // ECS
	ens     fault
	after   []string // if it succeeds, whom the image is then shared with; nil: as before
}

// Things that scenarios do.

func shareWith(accounts ...string) func(client, string) error {
	return func(c client, image string) error { return c.share(image, accounts...) }
}

func cancelFor(accounts ...string) func(client, string) error {
	return func(c client, image string) error { return c.cancel(image, accounts...) }
}

func list(c client, image string) error { _, err := c.list(image); return err }

// Callers other than the owner.

func by(k key) func(*speaker)           { return func(s *speaker) { s.key = k } }
func from(region string) func(*speaker) { return func(s *speaker) { s.region = region } }
func wrongSecret(s *speaker)            { s.key.Secret = "not-" + s.key.Secret }

// had are shares from long ago.
func had(accounts ...string) []share {
	var shares []share
	for _, id := range accounts {
		shares = append(shares, share{Account: id, At: longAgo})
	}
	return shares
}

func join(parts ...[]scenario) []scenario {
	var all []scenario
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// scenarios are all of them; the n-th owns the n-th image of the state.
func scenarios() []scenario {
	return join(identities(), regions(), unknownImages(), foreignImages(), targets(), states(), changes())
}

// identities: who is speaking is settled before anything else is looked at.
func identities() []scenario {
	return []scenario{
		{
			name: "wrong secret", as: wrongSecret, do: list,
			tencent: fault{code: "AuthFailure.SignatureFailure"},
			alibaba: fault{code: "SignatureDoesNotMatch", status: 400},
		},
		{
			name: "wrong secret in a change", as: wrongSecret, do: shareWith(small, middle),
			tencent: fault{code: "AuthFailure.SignatureFailure"},
			alibaba: fault{code: "SignatureDoesNotMatch", status: 400},
		},
		{
			name: "unknown key", as: by(key{ID: "AKIDnobody", Secret: "x"}), do: list,
			tencent: fault{code: "AuthFailure.SecretIdNotFound"},
			alibaba: fault{code: "InvalidAccessKeyId.NotFound", status: 404, message: "Specified access key is not found."},
		},
		{
			name: "disabled key", as: by(disabledKey), do: list,
			tencent: fault{code: "AuthFailure.SecretIdNotFound"},
			alibaba: fault{code: "InvalidAccessKeyId.Inactive", status: 400, message: "Specified access key is disabled."},
		},
		{
			name: "a user who may read", as: by(keyOf(readerUser)), do: list,
		},
		{
			name: "a user who may not change", as: by(keyOf(readerUser)), do: shareWith(small),
			tencent: fault{code: "UnauthorizedOperation"},
			alibaba: fault{code: "Forbidden.RAM", status: 403},
		},
	}
}

func regions() []scenario {
	missing := fault{
		code: "MissingParameter", status: 400,
		message: "The input parameter RegionId that is mandatory for processing this request is not supplied.",
	}
	return []scenario{
		{
			name: "no region", as: from(""), do: list,
			tencent: fault{code: "MissingParameter", message: "`Region`"}, alibaba: missing,
		},
		{
			name: "no region in a change", as: from(""), do: shareWith(small),
			tencent: fault{code: "MissingParameter", message: "`Region`"}, alibaba: missing,
		},
		{
			name: "unknown region", as: from("xx-nowhere"), do: list,
			tencent: fault{code: "InvalidParameterValue", message: "REGION"},
			alibaba: fault{code: "InvalidRegionId.NotFound", status: 404},
		},
		{
			name: "unknown region in a change", as: from("xx-nowhere"), do: cancelFor(small),
			tencent: fault{code: "InvalidParameterValue", message: "REGION"},
			alibaba: fault{code: "InvalidRegionId.NotFound", status: 404},
		},
	}
}

func unknownImages() []scenario {
	unknown := func(name, id string, do func(client, string) error) scenario {
		return scenario{
			name: name, aim: id, do: do,
			tencent: fault{code: "InvalidImageId.NotFound"},
			alibaba: fault{code: "InvalidImageId.NotFound", status: 404},
		}
	}
	malformed := func(name string, do func(client, string) error) scenario {
		s := unknown(name, "PREFIX_NOT AN ID", do)
		s.tencent.code = "InvalidImageId.Malformed"
		return s
	}
	return []scenario{
		unknown("list of an unknown image", "PREFIX-nosuch00", list),
		unknown("share of an unknown image", "PREFIX-nosuch00", shareWith(small)),
		unknown("cancel of an unknown image", "PREFIX-nosuch00", cancelFor(small)),
		malformed("list with a malformed image id", list),
		malformed("share with a malformed image id", shareWith(small)),
		{
			name: "share without an image id", do: func(c client, _ string) error { return c.share("", small) },
			tencent: fault{code: "MissingParameter", message: "`ImageId`"},
			alibaba: fault{
				code: "MissingParameter", status: 400,
				message: "The input parameter ImageId that is mandatory for processing this request is not supplied.",
			},
		},
		{
			// A share lives in the region of its image, and so does the image.
			name: "image of another region", image: image{Region: "ELSEWHERE"}, do: shareWith(small),
			tencent: fault{code: "InvalidImageId.NotFound"},
			alibaba: fault{code: "InvalidImageId.NotFound", status: 404},
		},
	}
}

// foreignImages: ECS does not let on that another account's image exists, not
// even to an account that may use it.
func foreignImages() []scenario {
	foreign := func(name string, shares []share, do func(client, string) error) scenario {
		return scenario{
			name: name, image: image{Owner: stranger, Shares: shares}, do: do,
			tencent: fault{code: "UnauthorizedOperation.ImageNotBelongToAccount"},
			alibaba: fault{code: "InvalidImageId.NotFound", status: 404},
		}
	}
	return []scenario{
		foreign("list of a stranger's image", nil, list),
		foreign("share of a stranger's image", nil, shareWith(small)),
		foreign("cancel of a stranger's image", had(small), cancelFor(small)),
		foreign("list of a received image", had(owner), list),
		foreign("share of a received image", had(owner), shareWith(small)),
		foreign("cancel of a received image", had(owner), cancelFor(owner)),
	}
}

func targets() []scenario {
	self := fault{code: "InvalidAccount.Forbbiden", status: 404}
	nobody := fault{code: "InvalidAccount.NotFound", status: 404}
	return []scenario{
		{name: "oneself", do: shareWith(owner), tencent: fault{code: "InvalidAccountIs.YourSelf"}, alibaba: self},
		{name: "a friend and oneself", do: shareWith(small, owner), tencent: fault{code: "InvalidAccountIs.YourSelf"}, alibaba: self},
		{name: "a user's own number", do: shareWith(readerUser), tencent: fault{code: "FailedOperation.NotMasterAccount"}, alibaba: nobody},
		{name: "letters as an account", do: shareWith("friend"), tencent: fault{code: "InvalidAccountId.NotFound"}, alibaba: nobody},
		{name: "an account with a leading zero", do: shareWith(small, "0123"), tencent: fault{code: "InvalidAccountId.NotFound"}, alibaba: nobody},
		{
			// The targets are judged in the order of the list.
			name: "two bad targets", do: shareWith("friend", owner),
			tencent: fault{code: "InvalidAccountId.NotFound"}, alibaba: nobody,
		},
	}
}

// states: only a change that adds somebody asks for an image fit to be shared.
func states() []scenario {
	notReady := fault{code: "InvalidParameterValue.InvalidImageState"}
	incorrect := fault{code: "IncorrectImageStatus", status: 400}
	return []scenario{
		{
			name: "encrypted image", image: image{Encrypted: true}, do: shareWith(small),
			tencent: fault{code: "UnsupportedOperation.EncryptedImagesNotSupported"},
			alibaba: fault{code: "OperationDeined.EncryptedSnapshot", status: 403},
		},
		{
			name: "deprecated image", image: image{State: "deprecated"}, do: shareWith(small),
			tencent: notReady, alibaba: fault{code: "OperationDenied.InvalidImageStatus", status: 403},
		},
		{name: "image being created", image: image{State: "creating"}, do: shareWith(small), tencent: notReady, alibaba: incorrect},
		{name: "image being imported", image: image{State: "importing"}, do: shareWith(small), tencent: notReady, alibaba: incorrect},
		{name: "failed image", image: image{State: "failed"}, do: shareWith(small), tencent: notReady, alibaba: incorrect},
		{
			// Builders share a copy on ECS as soon as they have its id.
			name: "image being copied", image: image{State: "copying"}, do: shareWith(small),
			tencent: notReady, after: []string{small},
		},
		{name: "list of an image being created", image: image{State: "creating"}, do: list},
		{name: "cancel on an encrypted image", image: image{Encrypted: true, Shares: had(small, middle)}, do: cancelFor(small), after: []string{middle}},
		{name: "cancel on a deprecated image", image: image{State: "deprecated", Shares: had(small)}, do: cancelFor(small), after: []string{}},
	}
}

func changes() []scenario {
	full := image{Shares: had(small, middle, fourth)}
	over := fault{code: "QuotaExceed.ShareImageUser", status: 403}
	return []scenario{
		{name: "an account named twice", do: shareWith(small, small), after: []string{small}},
		{name: "cancel of what is not shared", image: image{Shares: had(small)}, do: cancelFor(middle)},
		{name: "cancel of oneself", image: image{Shares: had(small)}, do: cancelFor(owner)},
		{name: "cancel of a malformed account", image: image{Shares: had(small)}, do: cancelFor("friend")},
		{name: "cancel of one that is there and one that is not", image: image{Shares: had(small)}, do: cancelFor(middle, small), after: []string{}},
		{
			// The ECS call with neither list is what a build without sharing sends.
			name: "share with nobody", image: image{Shares: had(small)}, do: shareWith(),
			tencent: fault{code: "MissingParameter", message: "`AccountIds`"},
		},
		{
			name: "already shared", image: image{Shares: had(small)}, do: shareWith(small),
			tencent: fault{code: "FailedOperation.AccountAlreadyExists"},
		},
		{
			name: "one already shared of two", image: image{Shares: had(small)}, do: shareWith(middle, small),
			tencent: fault{code: "FailedOperation.AccountAlreadyExists"}, after: []string{small, middle},
		},
		{name: "cancel of nobody", image: image{Shares: had(small)}, do: cancelFor()},
		{name: "over the quota", image: full, do: shareWith(large), tencent: fault{code: "OverQuota"}, alibaba: over},
		{
			name: "over the quota by one of two", image: image{Shares: had(small, middle)}, do: shareWith(fourth, large),
			tencent: fault{code: "OverQuota"}, alibaba: over,
		},
		{name: "up to the quota", image: image{Shares: had(small)}, do: shareWith(large, middle), after: []string{small, middle, large}},
	}
}
