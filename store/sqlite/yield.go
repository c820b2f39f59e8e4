package sqlite

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// yielder lets everybody else go first: whoever is ready to run, and whoever
// waits for something that has arrived from the network. The runtime looks at
// the network only when nothing is left to run, or every 10 ms; and a change
// that is brought to the writer wakes it before all others that are ready. So
// on a busy processor the writer would go on alone, with one change to each
// COMMIT and with reads that wait for seconds.
//
// It sends itself a byte through the network's own door, and waits there: when
// it is called, all that arrived before has been seen, and has its turn.
type yielder struct {
	in, out *os.File
	door    syscall.RawConn // of out
}

func newYielder() (*yielder, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	y := &yielder{in: in, out: out}
	if y.door, err = out.SyscallConn(); err != nil {
		return nil, errors.Join(err, y.close())
	}
	return y, nil
}

func (y *yielder) yield() {
	b, sent := make([]byte, 1), false
	_ = y.door.Read(func(uintptr) bool { // what it cannot wait for it does without
		if sent {
			return true
		}
		_, err := y.in.Write(b)
		sent = err == nil
		return !sent
	})
	if sent {
		_, _ = y.out.Read(b)
	}
	runtime.Gosched() // it may have been called before the others
}

func (y *yielder) close() error { return errors.Join(y.in.Close(), y.out.Close()) }
