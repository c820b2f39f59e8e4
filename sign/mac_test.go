package sign

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"math/rand/v2"
	"testing"
)

// Keys and texts of all lengths around the hashes' blocks and the room that is
// there for them have the sums that the library makes.
func TestMACsAreTheLibrarys(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	bytesOf := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	for _, keyed := range []int{0, 1, 20, 32, 63, 64, 65, 127, 128, 129, 5000} {
		for _, long := range []int{0, 1, 55, 56, 64, 300, longestMACed - blockSize, longestMACed - blockSize + 1, 9000} {
			key, text := bytesOf(keyed), bytesOf(long)
			sum256, sum1 := mac256(key, text), mac1(key, text)
			if !bytes.Equal(sum256[:], library(sha256.New, key, text)) || !bytes.Equal(sum1[:], library(sha1.New, key, text)) {
				t.Errorf("a key of %d bytes, a text of %d", keyed, long)
			}
		}
	}
}

func library(of func() hash.Hash, key, text []byte) []byte {
	mac := hmac.New(of, key)
	mac.Write(text)
	return mac.Sum(nil)
}
