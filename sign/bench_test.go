package sign_test

import (
	"testing"

	"imageshare/sign"
)

func benchmark(b *testing.B, r *sign.Request, read func(*sign.Request) (sign.Proof, error)) {
	b.Helper()
	b.ReportAllocs()
	kept := secretOf(secret) // as a server keeps it
	for b.Loop() {
		p, err := read(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Verify(kept); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, w := range wires() {
		b.Run(name, func(b *testing.B) {
			benchmark(b, w.signed(b), w.read)
		})
	}
}
