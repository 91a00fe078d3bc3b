package frames

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

func frame(header string, rest ...string) []byte {
	raw := binary.BigEndian.AppendUint32(nil, uint32(len(header)))
	raw = append(raw, header...)
	for _, part := range rest {
		raw = append(raw, part...)
	}
	return raw
}

func TestReadReturnsFilesThatAreNotUTF8(t *testing.T) {
	header := `{"operation":"yaml","options":{"a":1},"groups":[{"name":"x","files":[[3,2],[1,0]]},{"name":"y","files":[]}]}`
	request, err := Read(bytes.NewReader(frame(header, "a\xff/", "\xfe\x00", "b")))
	if err != nil {
		t.Fatal(err)
	}
	files := request.Groups["x"]
	if request.Operation != "yaml" || string(request.Options) != `{"a":1}` || len(files) != 2 {
		t.Fatalf("got %+v", request)
	}
	if files[0].Path != "a\xff/" || string(files[0].Content) != "\xfe\x00" || files[1].Path != "b" {
		t.Errorf("got %q", files)
	}
	if _, present := request.Groups["y"]; !present {
		t.Error("an empty group is lost")
	}
}

func TestReadTellsTheEndFromABreak(t *testing.T) {
	if _, err := Read(bytes.NewReader(nil)); err != io.EOF {
		t.Errorf("an ended pipe: %v", err)
	}
	for name, raw := range map[string][]byte{
		"in the length":  {0, 0},
		"in the header":  frame(`{"operation":"yaml"}`)[:10],
		"in a file":      frame(`{"operation":"yaml","groups":[{"name":"x","files":[[1,5]]}]}`, "abc"),
		"a huge header":  {255, 255, 255, 255},
		"not JSON":       frame(`{"operation"`),
		"a size below 0": frame(`{"operation":"yaml","groups":[{"name":"x","files":[[-1,5]]}]}`, "abc"),
	} {
		if _, err := Read(bytes.NewReader(raw)); err == nil || err == io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWriteIsLengthHeaderBody(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, Answer{Outcome: "answered", Body: []byte(`[1]`)}); err != nil {
		t.Fatal(err)
	}
	if want := string(frame(`{"outcome":"answered","body":3}`, `[1]`)); out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
