package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// sizes are what a server takes before anybody asks anything.
type sizes struct {
	ReadyEmpty, ReadyFull float64 // ms
	IdleMiB               float64
	BinaryMB              float64
}

func (b *bench) small(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp(b.data, "small-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	empty, err := startServer(ctx, b.bin, filepath.Join(dir, "store.db"))
	if err != nil {
		return err
	}
	if err := empty.stop(); err != nil {
		return err
	}
	full, err := b.serve(ctx, b.whole())
	if err != nil {
		return err
	}
	defer full.end(&err)
	time.Sleep(time.Second) // idle, not starting
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	s := &sizes{
		ReadyEmpty: float64(empty.took.Microseconds()) / 1000, ReadyFull: float64(full.took.Microseconds()) / 1000,
		IdleMiB: full.resident(), BinaryMB: float64(info.Size()) / 1e6,
	}
	b.results.Small = s
	fmt.Printf("ready after %.0f ms empty, %.0f ms on %d shares; idle %.1f MiB; binary %.1f MB\n", s.ReadyEmpty, s.ReadyFull, b.images*10, s.IdleMiB, s.BinaryMB)
	return nil
}
