package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"imageshare/ledger"
)

// optional is a text that may be given, and may be given as "".
type optional struct {
	text  string
	given bool
}

func (o *optional) String() string { return o.text }

// Set is for package flag.
func (o *optional) Set(s string) error {
	o.text, o.given = s, true
	return nil
}

// several is a flag that may be repeated.
type several []string

func (s *several) String() string { return "" }

// Set is for package flag.
func (s *several) Set(text string) error {
	*s = append(*s, text)
	return nil
}

// accountOf reads CLOUD/ID.
func accountOf(text string) (ledger.AccountKey, error) {
	key, err := ledger.ParseAccountKey(text)
	if err != nil {
		return key, usageError{err}
	}
	return key, nil
}

// file reads a file, or standard input for -, which ends once it was read.
func (j *job) file(name string) ([]byte, error) {
	if name == "-" && j.emptied {
		return nil, usageError{errors.New("standard input (-) can be named once: write one of the documents to a file")}
	}
	if name == "-" {
		j.emptied = true
		data, err := io.ReadAll(j.in)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return data, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: name a file that is there, or - for standard input", err)
	}
	return data, nil
}

// document reads a policy from a file. Whether it is sound the server knows,
// but what is no JSON cannot even be sent.
func (j *job) document(name string) (json.RawMessage, error) {
	data, err := j.file(name)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var doc json.RawMessage
	if err := json.Unmarshal(data, &doc); err != nil {
		line := 1
		if at := (*json.SyntaxError)(nil); errors.As(err, &at) {
			line += bytes.Count(data[:at.Offset], []byte("\n"))
		}
		return nil, fmt.Errorf("%s:%d: not JSON: %w: a policy document is the vendor's own, as JSON", name, line, err)
	}
	return doc, nil
}

// body is what a PUT sends: fields that flags gave, or a whole file, and what
// its parts are called where people wrote them.
type body struct {
	fields map[string]any
	names  map[string]string // by the path in the body that the server names
}

// policies adds documents of files, if there are any.
func (b *body) policies(j *job, files []string) error {
	if len(files) == 0 {
		return nil
	}
	docs := make([]json.RawMessage, len(files))
	for i, name := range files {
		var err error
		if docs[i], err = j.document(name); err != nil {
			return err
		}
		b.names[fmt.Sprintf("policies[%d]: ", i)] = name + ": "
	}
	b.fields["policies"] = docs
	return nil
}

func newBody() *body { return &body{map[string]any{}, map[string]string{"body:1: ": ""}} }

// put sends the body, or the file in its place.
func (b *body) put(ctx context.Context, j *job, path, file string) ([]byte, error) {
	data, err := json.Marshal(b.fields)
	if err == nil && file != "" {
		if len(b.fields) > 0 {
			return nil, usageError{errors.New("--file is the whole entry: leave the other flags out, or write what they say into it")}
		}
		data, err = j.file(file)
		b.names = map[string]string{"body:": file + ":"}
	}
	if err != nil {
		return nil, err
	}
	answer, _, err := j.remote.call(ctx, http.MethodPut, path, nil, data)
	if told := (*refusal)(nil); errors.As(err, &told) {
		for there, here := range b.names {
			told.message = strings.ReplaceAll(told.message, there, here)
		}
	}
	return answer, err
}
