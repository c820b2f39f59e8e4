// Package e2e holds the tests in which the vendors' own SDKs talk to the real
// imageshare binary over loopback.
//
// It is a module of its own so that the server's go.mod never carries a
// vendor's SDK: the server speaks the wires from their documents, and only
// here do the clients get to judge whether it does so well enough.
package e2e
