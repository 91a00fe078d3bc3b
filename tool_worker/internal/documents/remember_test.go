package documents

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestTheMemoryIsBoundedAndKeepsWhatIsUsed(t *testing.T) {
	m := memory{now: map[[sha256.Size]byte]json.RawMessage{}}
	kept := []byte("kept: 1")
	key, _ := m.recall(kept)
	m.keep(key, json.RawMessage(`{"kept":1}`))
	for i := range 10_000 {
		other, object := m.recall(fmt.Appendf(nil, "other: %d", i))
		if object != nil {
			t.Fatalf("%d was known", i)
		}
		m.keep(other, json.RawMessage(`{"other":"`+strings.Repeat("x", 1_000)+`"}`))
		if _, object := m.recall(kept); string(object) != `{"kept":1}` {
			t.Fatalf("after %d others: got %s", i, object)
		}
	}
	total := 0
	for _, half := range []map[[sha256.Size]byte]json.RawMessage{m.now, m.before} {
		for _, object := range half {
			total += len(object)
		}
	}
	if total > 2*rememberedBytes {
		t.Errorf("%d bytes are kept", total)
	}
}

func TestWhatIsLargeIsNotKept(t *testing.T) {
	m := memory{now: map[[sha256.Size]byte]json.RawMessage{}}
	m.keep([sha256.Size]byte{}, make(json.RawMessage, largestKept+1))
	if len(m.now) > 0 {
		t.Error("it is kept")
	}
}

func TestADocumentReadAgainIsTheSame(t *testing.T) {
	for range 3 {
		found, err := read(t, "a.yaml", "a: 010\n---\nnothing: [\n")
		if err == nil || len(found) != 1 || string(found[0].Manifest) != `{"a":8}` {
			t.Errorf("got %v %v", found, err)
		}
	}
}
