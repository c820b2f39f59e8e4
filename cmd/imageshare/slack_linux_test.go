package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// asSlackened makes the test binary say that it begins, slacken, and say what
// slack it has; or, with a file, be replaced by that in vain, and say how many
// files it may open before and after.
const asSlackened = "IMAGESHARE_TEST_AS_SLACKENED"

func init() {
	switch file := os.Getenv(asSlackened); file {
	case "":
		return
	case "itself":
		fmt.Println("begins")
		slacken()
		fmt.Println(threadSlack())
	default:
		fmt.Println(openFiles())
		replace(file)
		fmt.Println(openFiles())
	}
	os.Exit(0)
}

func openFiles() (uint64, error) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return limit.Cur, err
}

// With one processor the program begins anew, once, and has more slack; with
// more of them, or with a slack that somebody chose, it goes on as it is.
func TestSlack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		processors string
		given      time.Duration
		want       string
	}{
		{"1", usual, "begins\nbegins\n1ms <nil>\n"},
		{"2", usual, "begins\n50µs <nil>\n"},
		{"1", 2 * usual, "begins\n100µs <nil>\n"},
	} {
		if got := slackened(t, c.processors, c.given); got != c.want {
			t.Errorf("%s processors, slack %v: %q, want %q", c.processors, c.given, got, c.want)
		}
	}
}

// slackened is what the test binary says when a thread with a slack starts it.
func slackened(t *testing.T, processors string, given time.Duration) string {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	had, err := threadSlack()
	if err == nil {
		err = setSlack(given)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = setSlack(had) }()
	return said(t, exec.Command(itself(t)), asSlackened+"=itself", "GOMAXPROCS="+processors)
}

// A program that cannot be replaced may open as many files as before: more than
// it was given, which the runtime sees to at the start.
func TestReplacedInVain(t *testing.T) {
	t.Parallel()
	const given = 200
	var before, after uint64
	out := said(t, exec.Command("sh", "-c", fmt.Sprintf(`ulimit -Sn %d && exec "$0"`, given), itself(t)), asSlackened+"=/nowhere")
	if _, err := fmt.Sscanf(out, "%d <nil>\n%d <nil>\n", &before, &after); err != nil || before <= given || after != before {
		t.Errorf("it says %q of its limits before and after (%v); it was given %d", out, err, given)
	}
}

func said(t *testing.T, cmd *exec.Cmd, env ...string) string {
	t.Helper()
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Error(err)
	}
	return string(out)
}
