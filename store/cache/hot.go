package cache

import (
	"sync/atomic"

	"imageshare/ledger"
)

// hot are images as they are, not encoded, so that the few that are asked for
// most cost neither a copy nor a decoding. Each has one place, by the hash of
// its name. Who stands there gives way to another that is asked for twice while
// nobody asked for the first.
type hot struct{ places []atomic.Pointer[standing] }

type standing struct {
	image *ledger.Image
	asked atomic.Bool // since another wanted the place
}

const (
	// hotShare is the part of a cache's bytes that its hot images may take. The
	// garbage collector looks at each of them each time: with four times as many
	// it works four times as long, which costs more than decoding the others.
	hotShare = 32
	// hotSize is about what one takes whose record has hotRecord bytes, some
	// twenty shares: with more it stays encoded.
	hotSize   = 2 << 10
	hotRecord = 256
)

func newHot(bytes int) hot {
	return hot{make([]atomic.Pointer[standing], max(1, bytes/hotSize))}
}

func (h *hot) place(hash uint64) *atomic.Pointer[standing] {
	return &h.places[hash%uint64(len(h.places))]
}

// get is an image that is kept, else nil.
func (h *hot) get(hash uint64, k ledger.ImageKey) *ledger.Image {
	s := h.place(hash).Load()
	if s == nil || s.image.Key != k {
		return nil
	}
	if !s.asked.Load() { // a store would take the line from other processors
		s.asked.Store(true)
	}
	return s.image
}

// wants reports whether an image may have its place, by the size of its record.
func (h *hot) wants(hash uint64, size int) bool {
	if size > hotRecord {
		return false
	}
	s := h.place(hash).Load()
	return s == nil || !s.asked.CompareAndSwap(true, false)
}

// put is for whoever holds the cell of the image, as is drop.
func (h *hot) put(hash uint64, i *ledger.Image) { h.place(hash).Store(&standing{image: i}) }

func (h *hot) drop(hash uint64, name []byte) {
	p := h.place(hash)
	if s := p.Load(); s != nil && string(imageName(s.image.Key)) == string(name) {
		p.CompareAndSwap(s, nil) // what stands there by now is another's
	}
}
