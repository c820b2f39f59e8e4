package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"imageshare/admin"
)

// roleNoun is the command about roles.
func roleNoun() noun {
	return noun{name: "role", summary: "roles of an account, and who may act as them",
		does: "Roles of an account: whom its trust document names may act as the role, and do then what its policies allow.", verbs: []verb{
			{name: "list", args: "CLOUD/ID", does: "Lists the roles of an account.", example: "imageshare role list tencent/100000000001",
				bind: func(*flag.FlagSet) action { return listRoles }},
			{name: "show", args: "CLOUD/ID NAME", does: "Shows a role with its trust document and policies.", example: "imageshare role show tencent/100000000001 auditor",
				bind: func(*flag.FlagSet) action { return showRole }},
			{name: "put", args: "CLOUD/ID NAME", does: "Makes a role, or changes what the flags say. The policies given are all that it has then.",
				example: "imageshare role put tencent/100000000001 auditor --trust trust.json --policy read-only.json", bind: putRole},
			{name: "delete", args: "CLOUD/ID NAME", does: "Removes a role. Its sessions end, also if one of the same name is made later.",
				example: "imageshare role delete tencent/100000000001 auditor", bind: func(*flag.FlagSet) action { return deletePart("role") }},
		}}
}

func listRoles(ctx context.Context, j *job, args []string) error {
	a, _, err := j.stored(ctx, args[0])
	if err != nil {
		return err
	}
	if j.json {
		return j.listOf(a.Roles)
	}
	return roleTable(j.out, a.Roles)
}

func showRole(ctx context.Context, j *job, args []string) error {
	at, err := partPath("role", args)
	if err != nil {
		return err
	}
	r, answer, err := fetch[admin.Role](ctx, j.remote, at)
	if err != nil {
		return err
	}
	return j.role(r, answer)
}

func (j *job) role(r admin.Role, answer []byte) error {
	if j.json {
		return j.raw(answer)
	}
	if err := roleTable(j.out, []admin.Role{r}); err != nil {
		return err
	}
	if err := documentsOf(j.out, "TRUST", r.Trust); err != nil {
		return err
	}
	return documentsOf(j.out, "POLICY", r.Policies...)
}

func putRole(f *flag.FlagSet) action {
	var policies several
	var longest optional
	trust := f.String("trust", "", "`FILE` with the document that says who may act as the role, - for standard input")
	f.Var(&policies, "policy", "`FILE` with a policy document as the vendor writes it, - for standard input; may be repeated")
	f.Var(&longest, "max-session", "`DURATION` that a session may last at most, 15m to 12h; 0 for the vendor's own bound")
	file := f.String("file", "", "`FILE` with the whole entry as a state file writes it, instead; policies: [] takes them all away")
	return func(ctx context.Context, j *job, args []string) error {
		at, err := partPath("role", args)
		if err != nil {
			return err
		}
		b, err := roleBody(j, *trust, policies, longest)
		if err != nil {
			return err
		}
		answer, err := b.put(ctx, j, at, *file)
		if err != nil {
			return err
		}
		var r admin.Role
		if err := j.remote.read(answer, &r); err != nil {
			return err
		}
		return j.role(r, answer)
	}
}

func roleBody(j *job, trust string, policies []string, longest optional) (*body, error) {
	b := newBody()
	if err := b.policies(j, policies); err != nil {
		return nil, err
	}
	if longest.given {
		d, err := time.ParseDuration(longest.text)
		if err != nil || d%time.Second != 0 {
			return nil, usageError{fmt.Errorf("--max-session %q is no duration in whole seconds: write 1h or 90m", longest.text)}
		}
		b.fields["maxSessionSeconds"] = int64(d / time.Second)
	}
	if trust != "" {
		doc, err := j.document(trust)
		if err != nil {
			return nil, err
		}
		b.fields["trust"], b.names["trust: "] = doc, trust+": "
	}
	return b, nil
}
