// Package frames reads requests from the pipe and writes answers to it.
//
// A frame is a big-endian u32, the length of a JSON header; the header; and the bytes whose lengths the header names.
// A request's header names groups of files, each file as the lengths of its path and its content, which follow in that
// order: neither has to be UTF-8. An answer's header names the outcome and the length of its JSON body.
package frames

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// MaxHeader is the largest header that is read, in bytes; more means that the pipe is out of step.
const MaxHeader = 64 << 20

// File is one file of a request.
type File struct {
	Path    string
	Content []byte
}

// Request is what the other side wants computed; Options are read by the operation.
type Request struct {
	Operation string
	Options   json.RawMessage
	Groups    map[string][]File
}

// Answer is what goes back: "hello", "answered", "failed" or "limit", and the JSON that belongs to it.
type Answer struct {
	Outcome string
	Body    []byte
}

type requestHeader struct {
	Operation string          `json:"operation"`
	Options   json.RawMessage `json:"options"`
	Groups    []groupHeader   `json:"groups"`
}

type groupHeader struct {
	Name  string   `json:"name"`
	Files [][2]int `json:"files"`
}

type answerHeader struct {
	Outcome string `json:"outcome"`
	Body    int    `json:"body"`
}

// Read returns the next request, or io.EOF where the other side has closed the pipe between two requests.
func Read(in io.Reader) (Request, error) {
	var length uint32
	if err := binary.Read(in, binary.BigEndian, &length); err != nil {
		return Request{}, err
	}
	if length > MaxHeader {
		return Request{}, fmt.Errorf("a header of %d bytes: the pipe is out of step", length)
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(in, raw); err != nil {
		return Request{}, err
	}
	var header requestHeader
	if err := json.Unmarshal(raw, &header); err != nil {
		return Request{}, fmt.Errorf("the header is not JSON: %w", err)
	}
	groups := make(map[string][]File, len(header.Groups))
	for _, group := range header.Groups {
		files, err := readFiles(in, group)
		if err != nil {
			return Request{}, err
		}
		groups[group.Name] = files
	}
	return Request{Operation: header.Operation, Options: header.Options, Groups: groups}, nil
}

func readFiles(in io.Reader, group groupHeader) ([]File, error) {
	files := make([]File, len(group.Files))
	for i, lengths := range group.Files {
		path, err := readBytes(in, lengths[0])
		if err != nil {
			return nil, err
		}
		content, err := readBytes(in, lengths[1])
		if err != nil {
			return nil, err
		}
		files[i] = File{Path: string(path), Content: content}
	}
	return files, nil
}

func readBytes(in io.Reader, length int) ([]byte, error) {
	if length < 0 {
		return nil, fmt.Errorf("a file of %d bytes: the pipe is out of step", length)
	}
	raw := make([]byte, length)
	_, err := io.ReadFull(in, raw)
	return raw, err
}

// Write sends an answer; the caller flushes.
func Write(out io.Writer, answer Answer) error {
	header, err := json.Marshal(answerHeader{Outcome: answer.Outcome, Body: len(answer.Body)})
	if err != nil {
		return err
	}
	if err := binary.Write(out, binary.BigEndian, uint32(len(header))); err != nil {
		return err
	}
	if _, err := out.Write(header); err != nil {
		return err
	}
	_, err = out.Write(answer.Body)
	return err
}
