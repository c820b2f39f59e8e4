package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// help lists the verbs of a noun, each with an example.
func (n noun) help(w io.Writer) error {
	fmt.Fprintf(w, "imageshare %s VERB [flags] [arguments]\n\n%s\n\n", n.name, wrapped(n.does))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range n.verbs {
		fmt.Fprintf(t, "  %s %s\t%s\n", v.name, v.args, firstSentence(v.does))
	}
	_ = t.Flush() // help that cannot be written has nobody to read it
	fmt.Fprint(w, "\nExamples:\n")
	for _, v := range n.verbs {
		fmt.Fprintf(w, "  %s\n", v.example)
	}
	_, err := fmt.Fprintf(w, "\nimageshare %s VERB --help tells more of each.\n", n.name)
	return err
}

func firstSentence(s string) string {
	first, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(first, ".")
}

// help explains a verb, its flags and how it is said.
func (v verb) help(w io.Writer, n noun, f *flag.FlagSet) error {
	name := strings.TrimSpace(n.name + " " + v.name)
	fmt.Fprintf(w, "imageshare %s\n\n%s\n\n", strings.TrimSpace(name+" [flags] "+v.args), wrapped(v.does))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	f.VisitAll(func(fl *flag.Flag) {
		value, text := flag.UnquoteUsage(fl)
		if fl.DefValue != "" && fl.DefValue != "false" {
			text += " (default " + fl.DefValue + ")"
		}
		if slices.Contains(twinned, fl.Name) {
			text += "; also " + twin(fl.Name)
		}
		fmt.Fprintf(t, "  --%s %s\t%s\n", fl.Name, value, text)
	})
	_ = t.Flush() // help that cannot be written has nobody to read it
	_, err := fmt.Fprintf(w, "\nExample:\n  %s\n", v.example)
	return err
}

// wrapped breaks a text into lines that a terminal holds.
func wrapped(s string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(s) {
		switch n := len([]rune(word)); {
		case column == 0:
			column = n
		case column+1+n > 80:
			b.WriteByte('\n')
			column = n
		default:
			b.WriteByte(' ')
			column += 1 + n
		}
		b.WriteString(word)
	}
	return b.String()
}
