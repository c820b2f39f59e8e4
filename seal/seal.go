// Package seal keeps secrets unreadable at rest. The vendors' signatures are
// HMACs, so the server needs every secret key in the clear to check one, and a
// hash will not do; what it stores is therefore encrypted, under a key that
// lies in a file of its own. A copy of the database without that file tells
// nobody a secret.
//
// Every sealed text is bound to the name of what it seals (cloud/keyId): moved
// to another key id it does not open, so whoever can write the database cannot
// give himself a secret that he knows.
//
// Limits: whoever reads both files, or the server's memory, has the secrets.
// The length of a secret shows. Nonces are random, which bounds one key to
// some four billion sealings.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrWrongKey: the text was sealed with another key.
	ErrWrongKey = errors.New("sealed with another key")
	// ErrDamaged: the text is no sealed text, was altered, or seals something
	// of another name.
	ErrDamaged = errors.New("not a whole sealed text of this name")
)

// A sealed text is version.fingerprint.box: the box is the nonce with what
// AES-GCM made, the fingerprint tells a wrong key from damage.
const version = "s1"

const keySize = 32

// strict refuses the stray bits that a last character may carry, so that no
// two texts open alike.
var strict = base64.RawURLEncoding.Strict()

// Key seals and opens secrets. It is safe for concurrent use.
type Key struct {
	box         cipher.AEAD
	fingerprint string
}

// NewKey makes a key that lives in memory alone.
func NewKey() *Key { return key(random()) }

// random is the bytes of a new key; crypto/rand ends the program rather than fail.
func random() []byte {
	b := make([]byte, keySize)
	rand.Read(b)
	return b
}

func key(b []byte) *Key {
	block, err := aes.NewCipher(b)
	if err != nil {
		panic("unreachable: the size of a key is fixed: " + err.Error())
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("unreachable: AES has GCM's block size: " + err.Error())
	}
	// The words keep this hash apart from any other use of the same bytes.
	sum := sha256.Sum256(append([]byte("imageshare seal key\n"), b...))
	return &Key{box: box, fingerprint: hex.EncodeToString(sum[:6])}
}

// String is the key's fingerprint, so that printing a key tells nothing more.
func (k *Key) String() string { return "seal key " + k.fingerprint }

// Seal encrypts a secret for a name. The result is one printable word, another
// one each time.
func (k *Key) Seal(name, secret string) string {
	box := k.box.Seal(nil, nil, []byte(secret), []byte(name))
	return version + "." + k.fingerprint + "." + strict.EncodeToString(box)
}

// Open is the secret that was sealed for a name. Errors: ErrWrongKey, ErrDamaged.
func (k *Key) Open(name, sealed string) (string, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != version {
		return "", fmt.Errorf("%w: it does not begin with %s. and a fingerprint", ErrDamaged, version)
	}
	if parts[1] != k.fingerprint {
		return "", fmt.Errorf("%w: this one is %s", ErrWrongKey, k.fingerprint)
	}
	// The decoder would pass over line ends, and a word has none.
	if strings.ContainsAny(parts[2], "\r\n") {
		return "", fmt.Errorf("%w: it has line ends", ErrDamaged)
	}
	box, err := strict.DecodeString(parts[2])
	if err != nil {
		return "", fmt.Errorf("%w: its last part is not base64", ErrDamaged)
	}
	secret, err := k.box.Open(nil, nil, box, []byte(name))
	if err != nil {
		return "", ErrDamaged
	}
	return string(secret), nil
}
