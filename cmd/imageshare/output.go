package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"imageshare/admin"
)

// table prints aligned columns under headings. What is empty is a dash, so
// that a column stays one for programs that cut it out.
type table struct{ *tabwriter.Writer }

func newTable(w io.Writer, headings ...string) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	t.row(headings...)
	return t
}

func (t table) row(cells ...string) {
	for i, c := range cells {
		if c == "" {
			cells[i] = "-"
		}
	}
	// A writer that fails tells it in Flush.
	_, _ = fmt.Fprintln(t, strings.Join(cells, "\t"))
}

// raw prints an answer as it came; one without a body has nothing to say.
func (j *job) raw(answer []byte) error {
	_, err := j.out.Write(answer)
	return err
}

// said prints a line for people alone.
func (j *job) said(format string, args ...any) error {
	if j.json {
		return nil
	}
	_, err := fmt.Fprintf(j.out, format+"\n", args...)
	return err
}

// listJSON prints the items of a list, however many pages they came in, as the
// API prints one page.
type listJSON struct {
	w     io.Writer
	comma string
}

func newListJSON(w io.Writer) (*listJSON, error) {
	_, err := io.WriteString(w, `{"items":[`)
	return &listJSON{w: w}, err
}

func (l *listJSON) item(v json.RawMessage) error {
	_, err := fmt.Fprintf(l.w, "%s%s", l.comma, v)
	l.comma = ",\n"
	return err
}

func (l *listJSON) end() error {
	_, err := io.WriteString(l.w, "],\"next\":\"\"}\n")
	return err
}

// listOf prints what is there already as such a list.
func (j *job) listOf(items any) error {
	text, err := json.Marshal(map[string]any{"items": items, "next": ""})
	if err != nil {
		return err
	}
	return j.raw(append(text, '\n'))
}

func keyState(k admin.Key) string {
	if k.Disabled {
		return "disabled"
	}
	return "enabled"
}

func lastUsed(k admin.Key) string {
	if k.LastUsed == nil {
		return "never"
	}
	return k.LastUsed.UTC().Format(time.RFC3339)
}

// keyTable prints the keys of an account and of users of it.
func keyTable(w io.Writer, own []admin.Key, users []admin.User) error {
	t := newTable(w, "KEY", "USER", "STATE", "LAST USED")
	for _, k := range own {
		t.row(k.ID, "", keyState(k), lastUsed(k))
	}
	for _, u := range users {
		for _, k := range u.Keys {
			t.row(k.ID, u.Name, keyState(k), lastUsed(k))
		}
	}
	return t.Flush()
}

func userTable(w io.Writer, users []admin.User) error {
	t := newTable(w, "USER", "NUMBER", "KEYS", "POLICIES")
	for _, u := range users {
		t.row(u.Name, u.ID, fmt.Sprint(len(u.Keys)), fmt.Sprint(len(u.Policies)))
	}
	return t.Flush()
}

func roleTable(w io.Writer, roles []admin.Role) error {
	t := newTable(w, "ROLE", "NUMBER", "LONGEST SESSION", "POLICIES")
	for _, r := range roles {
		t.row(r.Name, r.ID, longest(r), fmt.Sprint(len(r.Policies)))
	}
	return t.Flush()
}

func longest(r admin.Role) string {
	if r.MaxSessionSeconds == 0 {
		return ""
	}
	return (time.Duration(r.MaxSessionSeconds) * time.Second).String()
}

// documentsOf prints policy documents so that people can read them.
func documentsOf(w io.Writer, heading string, docs ...json.RawMessage) error {
	for _, d := range docs {
		if len(d) == 0 {
			continue
		}
		text, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "\n%s\n%s\n", heading, text); err != nil {
			return err
		}
	}
	return nil
}
