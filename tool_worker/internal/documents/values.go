package documents

import (
	"bytes"
	"encoding/json"

	"argosy/tool_worker/internal/refusal"
)

// ReadValue returns the objects of one JSON value that a program gave: the value itself or, of a list, its items,
// numbered from 1. Items that are null are left out, as by Argo CD.
func (r *Reader) ReadValue(path string, text []byte) ([]Document, error) {
	text = bytes.TrimSpace(text)
	if len(text) > r.Room-r.used {
		return nil, refusal.Output(r.Room)
	}
	if depth(text) > MaxDepth {
		return nil, Place(errDeep, path, 0, 0)
	}
	if !bytes.HasPrefix(text, []byte("[")) {
		document, err := r.object(path, 0, text)
		return []Document{document}, err
	}
	var values []json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, Place(err, path, 0, 0)
	}
	found := make([]Document, 0, len(values))
	for i, value := range values {
		if string(value) == "null" {
			continue
		}
		document, err := r.object(path, i+1, value)
		if err != nil {
			return nil, err
		}
		found = append(found, document)
	}
	return found, nil
}

func (r *Reader) object(path string, number int, value json.RawMessage) (Document, error) {
	if value[0] != '{' {
		return Document{}, Place(notAnObject(value), path, number, 0)
	}
	if hasLongNumber(value) {
		var err error
		if value, err = kubernetesNumbers(value); err != nil {
			return Document{}, Place(err, path, number, 0)
		}
	}
	return r.Add(Document{Manifest: value, File: path, Number: number})
}

// CheckDepth refuses a JSON text that is nested too deep to be read by everybody.
func CheckDepth(text []byte) error {
	if depth(text) > MaxDepth {
		return errDeep
	}
	return nil
}
