package documents

import (
	"crypto/sha256"
	"encoding/json"
)

const (
	// Applications of one chart, and one application again and again, differ in few of their documents.
	rememberedBytes = 2 << 20 // in each of the two halves
	largestKept     = 64 << 10
)

// memory keeps what documents were turned into, by the hash of their text. The half that was written to last is kept
// when it is full, and the other one forgotten.
type memory struct {
	now, before map[[sha256.Size]byte]json.RawMessage
	used        int
}

var remembered = memory{now: map[[sha256.Size]byte]json.RawMessage{}}

// recall returns the object that a text was turned into, nil if that is not known, or does not pay.
func (m *memory) recall(text []byte) (key [sha256.Size]byte, object json.RawMessage) {
	if len(text) > largestKept {
		return key, nil
	}
	key = sha256.Sum256(text)
	if object = m.now[key]; object != nil {
		return key, object
	}
	if object = m.before[key]; object != nil {
		m.keep(key, object)
	}
	return key, object
}

func (m *memory) keep(key [sha256.Size]byte, object json.RawMessage) {
	if len(object) > largestKept {
		return
	}
	if m.used += len(object) + sha256.Size; m.used > rememberedBytes {
		m.before, m.now, m.used = m.now, map[[sha256.Size]byte]json.RawMessage{}, len(object)+sha256.Size
	}
	m.now[key] = object
}
