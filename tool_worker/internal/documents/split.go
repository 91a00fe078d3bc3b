package documents

import (
	"bytes"
	"fmt"
	"regexp"
)

// Piece is the text of one YAML document and the line of its file that it starts on, from 1.
type Piece struct {
	Text []byte
	Line int
}

var separator = []byte("---")

// split cuts a stream at the lines that start with "---", by the rules of Kubernetes' YAMLReader: only a comment may
// follow on that line, and nothing else is looked at, so a "---" at the start of a line of a block scalar cuts too.
// On an error, the pieces before it come back with it, and the line that it is on.
func split(content []byte) (pieces []Piece, badLine int, err error) {
	line, start, startLine := 1, 0, 1
	flush := func(end int) {
		if end > start {
			pieces = append(pieces, Piece{Text: content[start:end], Line: startLine})
		}
	}
	for position := 0; position < len(content); line++ {
		next := len(content)
		if newline := bytes.IndexByte(content[position:], '\n'); newline >= 0 {
			next = position + newline + 1
		}
		if bytes.HasPrefix(content[position:], separator) {
			flush(position)
			rest := bytes.TrimSpace(content[position+len(separator) : next])
			if len(rest) > 0 && rest[0] != '#' {
				return pieces, line, fmt.Errorf("invalid Yaml document separator: %s", rest)
			}
			start, startLine = next, line+1
		}
		position = next
	}
	flush(len(content))
	return pieces, 0, nil
}

// helmSeparator is how Helm cuts what a template gave: more lenient, "---" may be followed by the document itself.
var helmSeparator = regexp.MustCompile(`(?m)^---[ \t]*`)

// splitAsHelm cuts the output of a template by the rules of Helm's SplitManifests. Leading white space of the stream is
// dropped first, so that what Helm takes for the start of a line is one here too.
func splitAsHelm(content []byte) []Piece {
	trimmed := bytes.TrimLeft(content, " \t\r\n\v\f")
	line := 1 + bytes.Count(content[:len(content)-len(trimmed)], []byte("\n"))
	var pieces []Piece
	start := 0
	add := func(end int) {
		text := bytes.TrimLeft(trimmed[start:end], " \t\r\n\v\f")
		if len(text) > 0 {
			skipped := trimmed[start : end-len(text)]
			pieces = append(pieces, Piece{Text: text, Line: line + bytes.Count(skipped, []byte("\n"))})
		}
		line += bytes.Count(trimmed[start:end], []byte("\n"))
	}
	for _, match := range helmSeparator.FindAllIndex(trimmed, -1) {
		add(match[0])
		start = match[1]
	}
	add(len(trimmed))
	return pieces
}
