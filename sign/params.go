package sign

import (
	"net/url"
	"slices"
	"strings"
)

// sortParams returns a sorted copy. A name sent twice is refused: the sorted
// text would depend on a rule that the vendors do not state, and whoever reads
// the parameters might take the other value.
func sortParams(params []Param) ([]Param, error) {
	if len(params) > maxParams {
		return nil, malformed("parameters", "too many")
	}
	sorted := slices.Clone(params)
	slices.SortFunc(sorted, byName)
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Name == sorted[i-1].Name {
			return nil, malformed(sorted[i].Name, "sent more than once")
		}
	}
	return sorted, nil
}

func byName(a, b Param) int { return strings.Compare(a.Name, b.Name) }

// param returns a value from sorted parameters, "" if it is not there. It is
// for the parameters that describe the signature: these are never long.
func param(sorted []Param, name string) (string, error) {
	i, ok := slices.BinarySearchFunc(sorted, Param{Name: name}, byName)
	switch {
	case !ok:
		return "", nil
	case len(sorted[i].Value) > maxValue:
		return "", malformed(name, "too long")
	}
	return sorted[i].Value, nil
}

// needParams reads several values at once, and names the first that is missing.
func needParams(sorted []Param, names ...string) ([]string, error) {
	values := make([]string, len(names))
	for i, name := range names {
		value, err := param(sorted, name)
		if err != nil {
			return nil, err
		}
		if value == "" {
			return nil, missing(name)
		}
		values[i] = value
	}
	return values, nil
}

// withoutSignature drops the one parameter that cannot cover itself.
func withoutSignature(sorted []Param) []Param {
	return slices.DeleteFunc(sorted, func(p Param) bool { return p.Name == "Signature" })
}

// setParam replaces, so that a request can be signed again. It works on a copy:
// two requests may have been made from one list.
func (r *Request) setParam(name, value string) {
	r.Params = slices.DeleteFunc(slices.Clone(r.Params), func(p Param) bool { return p.Name == name })
	if value != "" {
		r.Params = append(r.Params, Param{name, value})
	}
}

// sortedAsSent is for the signing side, which signs what it is given: a
// request with a parameter twice is signed in the order sent, and then refused.
func sortedAsSent(params []Param) []Param {
	sorted := slices.Clone(params)
	slices.SortStableFunc(sorted, byName)
	return sorted
}

// ParseParams decodes a query or a form body in the order sent. Unlike
// net/url's it keeps that order, and a bad escape is an error that still comes
// with every pair that could be read, so that the refusal can be said in the
// words of whoever was asked. What cannot be read counts like what can.
func ParseParams(raw string) (params []Param, err error) {
	read := 0
	for pair := range strings.SplitSeq(raw, "&") {
		if read++; read > maxParams {
			return params, malformed("query", "too many parameters")
		}
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, errName := url.QueryUnescape(name)
		v, errValue := url.QueryUnescape(value)
		if errName != nil || errValue != nil {
			err = malformed("query", "bad escape")
			continue
		}
		params = append(params, Param{n, v})
	}
	return params, err
}
