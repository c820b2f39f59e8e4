package policy

import (
	"fmt"
	"slices"
	"strings"
)

// members are an object's values by their keys, of which all must be known.
func members(path string, v value, known ...string) (map[string]value, error) {
	m := map[string]value{}
	if v.kind != '{' {
		return nil, wrong(path, "want an object, got %s", words[v.kind])
	}
	for i, name := range v.names {
		if !slices.Contains(known, name) {
			return nil, wrong(join(path, name), "unknown key: the keys here are %s", strings.Join(known, ", "))
		}
		m[name] = v.items[i]
	}
	return m, nil
}

// required names the first key that is missing, in the given order.
func required(path string, m map[string]value, keys ...string) error {
	for _, key := range keys {
		if _, there := m[key]; !there {
			return wrong(join(path, key), "it is missing")
		}
	}
	return nil
}

// oneOrMore reads a text, or a list of texts that has at least one.
func oneOrMore[T any](path string, v value, read func(string, string) (T, error)) ([]T, error) {
	return one(path, v, func(path string, v value) (T, error) {
		if v.kind != '"' {
			var none T
			return none, wrong(path, "want text, got %s", words[v.kind])
		}
		return read(path, v.text)
	})
}

// one reads a value that stands for a list of itself, or a list.
func one[T any](path string, v value, read func(string, value) (T, error)) ([]T, error) {
	if v.kind == '[' {
		return each(path, v, read)
	}
	t, err := read(path, v)
	return []T{t}, err
}

// each reads every element of a list that must not be empty.
func each[T any](path string, v value, read func(string, value) (T, error)) ([]T, error) {
	switch {
	case v.kind != '[':
		return nil, wrong(path, "want a list, got %s", words[v.kind])
	case len(v.items) == 0:
		return nil, wrong(path, "the list is empty")
	}
	all := make([]T, 0, len(v.items))
	for i, item := range v.items {
		t, err := read(fmt.Sprintf("%s[%d]", path, i), item)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// inside reads the members of an object whose keys say what their values are.
func inside[T any](path string, v value, read func(path, name string, v value) ([]T, error)) ([]T, error) {
	if v.kind != '{' {
		return nil, wrong(path, "want an object, got %s", words[v.kind])
	}
	var all []T
	for i, name := range v.names {
		t, err := read(join(path, name), name, v.items[i])
		if err != nil {
			return nil, err
		}
		all = append(all, t...)
	}
	return all, nil
}

// join makes a path such as statement[0].action.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
