package main

import (
	"context"
	"flag"
	"net/http"

	"imageshare/admin"
)

// userNoun is the command about users.
func userNoun() noun {
	return noun{name: "user", summary: "users of an account, and what they may do",
		does: "Users of an account. A user may do what its policies allow, and nothing without them.", verbs: []verb{
			{name: "list", args: "CLOUD/ID", does: "Lists the users of an account.", example: "imageshare user list tencent/100000000001",
				bind: func(*flag.FlagSet) action { return listUsers }},
			{name: "show", args: "CLOUD/ID NAME", does: "Shows a user with its keys and policies.", example: "imageshare user show tencent/100000000001 reader",
				bind: func(*flag.FlagSet) action { return showUser }},
			{name: "put", args: "CLOUD/ID NAME", does: "Makes a user, or changes what the flags say. The policies given are all that it has then.",
				example: "imageshare user put tencent/100000000001 reader --policy read-only.json", bind: putUser},
			{name: "delete", args: "CLOUD/ID NAME", does: "Removes a user with its keys.", example: "imageshare user delete tencent/100000000001 reader",
				bind: func(*flag.FlagSet) action { return deletePart("user") }},
		}}
}

func listUsers(ctx context.Context, j *job, args []string) error {
	a, _, err := j.stored(ctx, args[0])
	if err != nil {
		return err
	}
	if j.json {
		return j.listOf(a.Users)
	}
	return userTable(j.out, a.Users)
}

// partPath is the call about a user or role that the arguments name.
func partPath(kind string, args []string) (string, error) {
	key, err := accountOf(args[0])
	return path("accounts", string(key.Cloud), key.ID, kind+"s", args[1]), err
}

func showUser(ctx context.Context, j *job, args []string) error {
	at, err := partPath("user", args)
	if err != nil {
		return err
	}
	u, answer, err := fetch[admin.User](ctx, j.remote, at)
	if err != nil {
		return err
	}
	return j.user(u, answer)
}

func (j *job) user(u admin.User, answer []byte) error {
	if j.json {
		return j.raw(answer)
	}
	if err := userTable(j.out, []admin.User{u}); err != nil {
		return err
	}
	if len(u.Keys) > 0 {
		_ = j.said("") // a writer that fails does so again
		if err := keyTable(j.out, nil, []admin.User{u}); err != nil {
			return err
		}
	}
	return documentsOf(j.out, "POLICY", u.Policies...)
}

func putUser(f *flag.FlagSet) action {
	var number optional
	var policies several
	f.Var(&number, "id", "the user's own `NUMBER`; \"\" takes it away")
	f.Var(&policies, "policy", "`FILE` with a policy document as the vendor writes it, - for standard input; may be repeated")
	file := f.String("file", "", "`FILE` with the whole entry as a state file writes it, instead; policies: [] takes them all away")
	return func(ctx context.Context, j *job, args []string) error {
		at, err := partPath("user", args)
		if err != nil {
			return err
		}
		b := newBody()
		if err := b.policies(j, policies); err != nil {
			return err
		}
		if number.given {
			b.fields["id"] = number.text
		}
		answer, err := b.put(ctx, j, at, *file)
		if err != nil {
			return err
		}
		var u admin.User
		if err := j.remote.read(answer, &u); err != nil {
			return err
		}
		return j.user(u, answer)
	}
}

// deletePart removes a user or role.
func deletePart(kind string) action {
	return func(ctx context.Context, j *job, args []string) error {
		at, err := partPath(kind, args)
		if err != nil {
			return err
		}
		if _, _, err := j.remote.call(ctx, http.MethodDelete, at, nil, nil); err != nil {
			return err
		}
		return j.said("%s %s of %s deleted", kind, args[1], args[0])
	}
}
