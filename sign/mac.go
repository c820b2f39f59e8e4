package sign

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
)

// The two HMACs of the schemes (RFC 2104), each in one pass over a text that is
// there as a whole. crypto/hmac would keep a state of each key in a dozen lines
// of memory, or make one for each request: with a thousand keys in use to fetch
// those costs more than to hash the padded key again.

func mac256(key, text []byte) [sha256.Size]byte {
	if len(key) > blockSize {
		short := sha256.Sum256(key)
		key = short[:]
	}
	var room [longestMACed]byte
	inner := sha256.Sum256(append(appendPadded(room[:0], key, &innerPad), text...))
	return sha256.Sum256(append(appendPadded(room[:0], key, &outerPad), inner[:]...))
}

func mac1(key, text []byte) [sha1.Size]byte {
	if len(key) > blockSize {
		short := sha1.Sum(key)
		key = short[:]
	}
	var room [longestMACed]byte
	inner := sha1.Sum(append(appendPadded(room[:0], key, &innerPad), text...))
	return sha1.Sum(append(appendPadded(room[:0], key, &outerPad), inner[:]...))
}

const (
	blockSize    = 64   // of both hashes, in bytes
	longestMACed = 1024 // a block and a text that fit without asking for memory; longer ones ask
)

var innerPad, outerPad = padding(0x36), padding(0x5c)

func padding(of byte) (pad [blockSize]byte) {
	for i := range pad {
		pad[i] = of
	}
	return pad
}

// appendPadded appends the first block that is hashed.
func appendPadded(b, key []byte, pad *[blockSize]byte) []byte {
	b = append(b, pad[:]...)
	block := b[len(b)-blockSize:]
	subtle.XORBytes(block, block[:len(key)], key)
	return b
}
