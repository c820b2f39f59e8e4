package state

import _ "embed"

//go:embed demo.yaml
var demo []byte

// Demo is the state that `serve --dev` begins with.
func Demo() *File {
	f, err := Parse("demo.yaml", demo)
	if err != nil {
		panic("unreachable: a test reads the built-in demo state: " + err.Error())
	}
	return f
}
