package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A command that talks to a server, or about a store, is a noun with verbs:
// imageshare NOUN VERB ARGUMENTS, with flags anywhere behind the noun. Each is
// a value in a file of its own; this file finds out which verb is meant, reads
// its flags, and prints its help. A noun whose only verb has no name is done
// without one: imageshare NOUN ARGUMENTS.

// program is what a command is given of the world.
type program struct {
	args []string
	env  func(string) (string, bool)
	in   io.Reader
	out  io.Writer
	errs io.Writer
}

// noun is a command.
type noun struct {
	name    string
	summary string // in a few words, for the list of all commands
	does    string
	verbs   []verb
}

// verb is one thing that can be done.
type verb struct {
	name    string
	args    string // CLOUD/ID NAME; one in brackets may be left out
	does    string // a sentence
	example string
	local   bool // works without a server
	// bind declares the verb's own flags and returns what runs once they are read.
	bind func(*flag.FlagSet) action
}

// action does what a verb says, with its arguments.
type action func(ctx context.Context, j *job, args []string) error

// job is a verb under way.
type job struct {
	program
	remote *remote // nil for a local verb
	json   bool    // answer as the API does, for programs
	// emptied is set once standard input was read.
	emptied bool
}

// run finds the verb and does it.
func (n noun) run(ctx context.Context, p program) error {
	v, args, err := n.choose(p.args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return n.help(p.out)
	case err != nil:
		return err
	}
	f := flags(n.name)
	j, common := &job{program: p}, commonFlags{}
	do := v.bind(f)
	if !v.local {
		common.declare(f, &j.json)
	}
	args, err = parseAll(f, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return v.help(p.out, n, f)
	case err == nil:
		err = twins(f, p.env)
	}
	if err == nil {
		err = v.count(args)
	}
	if err != nil {
		return seeHelp(err, strings.TrimSpace(n.name+" "+v.name))
	}
	if !v.local {
		if j.remote, err = common.connect(); err != nil {
			return err
		}
		defer j.remote.close()
	}
	return do(ctx, j, args)
}

func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

// choose takes the verb out of the arguments. Flags may stand before it, so all
// the flags of all verbs are known here. It returns flag.ErrHelp where help is
// wanted and no verb named.
func (n noun) choose(args []string) (verb, []string, error) {
	if n.verbs[0].name == "" {
		return n.verbs[0], args, nil
	}
	at, err := positions(n.allFlags(), args)
	if len(at) > 0 {
		named := func(v verb) bool { return v.name == args[at[0]] }
		if i := slices.IndexFunc(n.verbs, named); i >= 0 {
			return n.verbs[i], slices.Delete(slices.Clone(args), at[0], at[0]+1), nil
		}
	}
	if err == nil {
		if v, ok := n.unsaid(args, at); ok {
			return v, args, nil
		}
		err = n.unknown(args, at)
	}
	if !errors.Is(err, flag.ErrHelp) {
		err = usageError{fmt.Errorf("%w: see imageshare %s --help", err, n.name)}
	}
	return verb{}, nil, err
}

// unsaid is the verb of who names none: list or show, by what is named.
func (n noun) unsaid(args []string, at []int) (verb, bool) {
	for _, v := range n.verbs {
		reads := v.name == "list" || v.name == "show"
		if reads && len(strings.Fields(v.args)) == len(at) && (len(at) == 0 || strings.Contains(args[at[0]], "/")) {
			return v, true
		}
	}
	return verb{}, false
}

func (n noun) unknown(args []string, at []int) error {
	names := make([]string, len(n.verbs))
	for i, v := range n.verbs {
		names[i] = v.name
	}
	if len(at) == 0 {
		return fmt.Errorf("%s what? Say one of %s", n.name, strings.Join(names, ", "))
	}
	return fmt.Errorf("%s has no verb %q: say one of %s", n.name, args[at[0]], strings.Join(names, ", "))
}

// allFlags are those of every verb. What they are set to here is lost: the
// verb reads them again.
func (n noun) allFlags() *flag.FlagSet {
	all := flags(n.name)
	for _, v := range n.verbs {
		f := flags(n.name)
		v.bind(f)
		(&commonFlags{}).declare(f, new(bool))
		f.VisitAll(func(fl *flag.Flag) {
			if all.Lookup(fl.Name) == nil {
				all.Var(fl.Value, fl.Name, fl.Usage)
			}
		})
	}
	return all
}

// positions reads flags wherever they stand and tells where the arguments are
// that are none, as far as it got. Behind -- nothing is a flag.
func positions(f *flag.FlagSet, args []string) (at []int, err error) {
	for i := 0; i < len(args); i++ {
		if err := f.Parse(args[i:]); err != nil {
			return at, err
		}
		end := i
		if i = len(args) - f.NArg(); i > end && args[i-1] == "--" {
			for ; i < len(args); i++ {
				at = append(at, i)
			}
		}
		if i < len(args) {
			at = append(at, i)
		}
	}
	return at, nil
}

// parseAll reads the flags and returns the other arguments.
func parseAll(f *flag.FlagSet, args []string) ([]string, error) {
	at, err := positions(f, args)
	rest := make([]string, len(at))
	for i, n := range at {
		rest[i] = args[n]
	}
	return rest, err
}

// count checks how many arguments there are.
func (v verb) count(args []string) error {
	most := len(strings.Fields(v.args))
	least := most - strings.Count(v.args, "[")
	if len(args) >= least && len(args) <= most {
		return nil
	}
	wanted := v.args
	if wanted == "" {
		wanted = "no arguments"
	}
	if len(args) == 0 {
		return fmt.Errorf("%s is missing", wanted)
	}
	return fmt.Errorf("%s is wanted, not %q", wanted, strings.Join(args, " "))
}

// twins sets from the environment what the command line left. Only flags that
// serve has too, and --admin, have a twin: what else a command is told is about
// this one call.
func twins(f *flag.FlagSet, env func(string) (string, bool)) error {
	given := map[string]bool{}
	f.Visit(func(fl *flag.Flag) { given[fl.Name] = true })
	for _, name := range twinned {
		text, ok := env(twin(name))
		if f.Lookup(name) == nil || given[name] || !ok {
			continue
		}
		if err := f.Set(name, text); err != nil {
			return fmt.Errorf("%s=%q: %w", twin(name), text, err)
		}
	}
	return nil
}

var twinned = []string{"admin", "admin-token-file", "store", "secrets-key-file"}
