//go:build !linux

package main

// slacken is for Linux, where threads have a slack.
func slacken() {}
