package cache

import (
	"sync/atomic"
	"unsafe"

	"imageshare/ledger"
)

// hot are images as they are, not encoded, so that the few that are asked for
// most cost neither a copy nor a decoding. Each has one place, by the hash of
// its name. Who stands there gives way when others were asked for so many times
// in a row that it is hardly one of the few.
type hot struct{ places []place }

// place is looked at for many images that do not stand there, so that it tells
// without a look at the one that does.
type place struct {
	hash   atomic.Uint64 // of the name of who stands there, or lately did
	others atomic.Uint32 // how often others wanted the place since it was asked for
	image  atomic.Pointer[ledger.Image]
}

const (
	// hotShare is the part of a cache's bytes that its hot images may take. The
	// garbage collector looks at each of them each time: with four times as many
	// it works four times as long, which costs more than decoding the others.
	hotShare = 32
	// hotSize is what one may take at the most, which is some twenty shares: with
	// more it stays encoded.
	hotSize = 2 << 10
	// hotPatience is how often others are asked for before one gives way: by
	// Zipf's law a thousand places find 47 of 100 with 16, 40 with 2.
	hotPatience = 16
)

func newHot(bytes int) hot { return hot{make([]place, max(1, bytes/hotSize))} }

func (h *hot) place(hash uint64) *place { return &h.places[hash%uint64(len(h.places))] }

// get is an image that is kept, else nil.
func (h *hot) get(hash uint64, k ledger.ImageKey) *ledger.Image {
	p := h.place(hash)
	if p.hash.Load() != hash {
		return nil
	}
	i := p.image.Load()
	if i == nil || i.Key != k {
		return nil
	}
	if p.others.Load() != 0 { // a store would take the line from other processors
		p.others.Store(0)
	}
	return i
}

// wants reports whether an image may have its place.
func (h *hot) wants(hash uint64, i *ledger.Image) bool {
	if weight(i) > hotSize {
		return false
	}
	p := h.place(hash)
	if p.image.Load() != nil && p.others.Add(1) < hotPatience {
		return false
	}
	p.others.Store(0)
	return true
}

// weight is about how many bytes an image takes. What texts take that stand for
// something else, like an operating system, others have, too.
func weight(i *ledger.Image) int {
	const share, snapshot, tag = 80, 160, 100 // with their own texts
	return int(unsafe.Sizeof(*i)) + len(i.Name) + len(i.Description) + len(i.Shares)*share + len(i.Snapshots)*snapshot + len(i.Tags)*tag
}

// put is for whoever holds the cell of the image, as is drop.
func (h *hot) put(hash uint64, i *ledger.Image) {
	p := h.place(hash)
	p.image.Store(i)
	p.hash.Store(hash)
}

func (h *hot) drop(hash uint64, name []byte) {
	p := h.place(hash)
	if i := p.image.Load(); i != nil && string(imageName(i.Key)) == string(name) {
		p.image.CompareAndSwap(i, nil) // what stands there by now is another's
	}
}
