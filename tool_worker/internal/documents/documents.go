// Package documents turns YAML and JSON text into JSON objects by the rules of Kubernetes' own reader, and keeps count
// of what they take. The operations hand it what a tool gave or what a file holds; its Documents are what Python reads.
package documents

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/refusal"
)

// Document is one object, with its place: Number and Line count from 1 within File, 0 where that is not known.
type Document struct {
	Manifest json.RawMessage `json:"manifest"`
	File     string          `json:"file"`
	Number   int             `json:"document"`
	Line     int             `json:"line"`
}

// Reader reads documents for one request and refuses to hand out more than Room bytes of JSON.
type Reader struct {
	Room int
	used int
}

// Read returns the objects of a file, leaving out documents that are empty or only comments. Text that starts with "{"
// is read as a stream of JSON values, as Kubernetes does; if it is none, it is read as YAML unless the file's name says
// that it is JSON. Of duplicate keys the last wins, as with kubectl and Argo CD.
func (r *Reader) Read(path string, content []byte) ([]Document, error) {
	text, err := decode(content)
	if err != nil {
		return nil, Place(err, path, 1, 1)
	}
	isJSON := strings.HasSuffix(path, ".json")
	if isJSON || bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		found, err := r.readJSON(path, text)
		if err == nil || isJSON || isLimit(err) {
			return found, err
		}
	}
	pieces, badLine, splitError := split(text)
	found, err := r.readPieces(path, pieces)
	if err == nil && splitError != nil {
		err = Place(splitError, path, len(pieces)+1, badLine)
	}
	return found, err
}

// ReadTemplate returns the objects that a Helm template gave; Helm puts a newline at the end before it reads them.
func (r *Reader) ReadTemplate(path, content string) ([]Document, error) {
	return r.readPieces(path, splitAsHelm([]byte(content+"\n")))
}

// Add takes in an object that a tool gave as JSON.
func (r *Reader) Add(document Document) (Document, error) {
	r.used += len(document.Manifest)
	if r.used > r.Room {
		return Document{}, refusal.Output(r.Room)
	}
	if depth(document.Manifest) > MaxDepth {
		return Document{}, Place(errDeep, document.File, document.Number, document.Line)
	}
	return document, nil
}

func (r *Reader) readPieces(path string, pieces []Piece) ([]Document, error) {
	found := make([]Document, 0, len(pieces))
	for i, piece := range pieces {
		object, err := r.toJSON(piece.Text)
		if err != nil {
			return found, Place(err, path, i+1, piece.Line)
		}
		if object == nil {
			continue
		}
		first := bytes.IndexFunc(piece.Text, func(c rune) bool { return c != '\n' && c != '\r' })
		line := piece.Line + bytes.Count(piece.Text[:first], []byte("\n"))
		document, err := r.Add(Document{Manifest: object, File: path, Number: i + 1, Line: line})
		if err != nil {
			return found, Place(err, path, i+1, line)
		}
		found = append(found, document)
	}
	return found, nil
}

// toJSON returns nil for a document without content.
func (r *Reader) toJSON(text []byte) (json.RawMessage, error) {
	if err := checkAliases(text, r.Room-r.used); err != nil {
		return nil, err
	}
	key, object := remembered.recall(text)
	if object != nil {
		return object, nil
	}
	object, err := convert(text)
	if err == nil && object != nil && len(text) <= largestKept {
		remembered.keep(key, object)
	}
	return object, err
}

func convert(text []byte) (json.RawMessage, error) {
	object, err := yaml.YAMLToJSON(text)
	if err != nil && strings.HasPrefix(err.Error(), "unsupported map key") { // it would go on to quote the value
		return nil, errors.New("a key is null or no single value; put it in quotes")
	}
	if err != nil {
		return nil, err
	}
	if bytes.Equal(object, []byte("null")) {
		return nil, nil
	}
	if object[0] != '{' {
		return nil, notAnObject(object)
	}
	if hasLongNumber(object) {
		return kubernetesNumbers(object)
	}
	return object, nil
}

// hasLongNumber tells if there may be an integer of more than 64 bits: those have at least nineteen digits.
func hasLongNumber(text []byte) bool {
	digits := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			digits = 0
		} else if digits++; digits == 19 {
			return true
		}
	}
	return false
}

// kubernetesNumbers writes the numbers of a JSON value as Kubernetes does: integers of 64 bits stay, others are floats.
func kubernetesNumbers(text []byte) (json.RawMessage, error) {
	var value any
	if err := utiljson.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

func (r *Reader) readJSON(path string, text []byte) ([]Document, error) {
	found := []Document{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	for number := 1; ; number++ {
		rest := bytes.TrimLeft(text[decoder.InputOffset():], " \t\r\n")
		line := 1 + bytes.Count(text[:len(text)-len(rest)], []byte("\n"))
		if len(rest) == 0 {
			return found, nil
		}
		object, offset, err := nextJSON(decoder)
		if err != nil {
			return found, Place(err, path, number, 1+bytes.Count(text[:min(offset, int64(len(text)))], []byte("\n")))
		}
		document, err := r.Add(Document{Manifest: object, File: path, Number: number, Line: line})
		if err != nil {
			return found, Place(err, path, number, line)
		}
		found = append(found, document)
	}
}

// nextJSON reads one object. With an error comes the offset that it is at.
func nextJSON(decoder *json.Decoder) (json.RawMessage, int64, error) {
	var raw json.RawMessage
	if err := decoder.Decode(&raw); err != nil {
		offset := decoder.InputOffset()
		if syntax, ok := err.(*json.SyntaxError); ok {
			offset = syntax.Offset
		}
		return nil, offset, err
	}
	start := decoder.InputOffset() - int64(len(raw))
	if raw[0] != '{' {
		return nil, start, notAnObject(raw)
	}
	if depth(raw) > MaxDepth {
		return nil, start, errDeep
	}
	object, err := kubernetesNumbers(raw)
	return object, start, err
}

func notAnObject(value []byte) error {
	names := map[byte]string{'[': "a list", '"': "a string", 't': "a boolean", 'f': "a boolean", 'n': "null"}
	name, known := names[value[0]]
	if !known {
		name = "a number"
	}
	return fmt.Errorf("it is %s, not an object with apiVersion and kind", name)
}

var utf8Mark = []byte("\xef\xbb\xbf")

// decode drops the byte order mark of UTF-8, reads UTF-16 where its mark says so, as Argo CD does, and refuses the rest.
func decode(content []byte) ([]byte, error) {
	text := bytes.TrimPrefix(content, utf8Mark)
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xfe")):
		text = fromUTF16(content[2:], binary.LittleEndian)
	case bytes.HasPrefix(content, []byte("\xfe\xff")):
		text = fromUTF16(content[2:], binary.BigEndian)
	}
	if utf8.Valid(text) {
		return text, nil
	}
	bad := 0
	for bad < len(text) {
		r, size := utf8.DecodeRune(text[bad:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		bad += size
	}
	line := 1 + bytes.Count(text[:bad], []byte("\n"))
	return nil, fmt.Errorf("line %d: it is not UTF-8 text", line)
}

func fromUTF16(content []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = order.Uint16(content[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

var lineWord = regexp.MustCompile(`\bline (\d+)`)

// Place gives an error its place: a document of a file and the line that it starts on. Parsers count lines from the start of the document, which is on line `line`.
func Place(err error, path string, number, line int) error {
	if isLimit(err) {
		return err
	}
	if _, placed := err.(*refusal.Failed); placed {
		return err
	}
	failed := &refusal.Failed{File: path, Document: number, Line: line}
	failed.Message = lineWord.ReplaceAllStringFunc(err.Error(), func(word string) string {
		relative, _ := strconv.Atoi(word[len("line "):])
		if failed.Line == line {
			failed.Line = line + max(relative, 1) - 1
		}
		return fmt.Sprintf("line %d", line+max(relative, 1)-1)
	})
	return failed
}

func isLimit(err error) bool {
	_, ok := err.(*refusal.Limit)
	return ok
}
