package documents

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// MaxDepth is how deep objects and lists may be nested; Python's JSON readers stop at about a thousand.
const MaxDepth = 500

var errDeep = fmt.Errorf("nested deeper than %d levels", MaxDepth)

// IsDeep tells if a JSON text is nested deeper than what is read.
func IsDeep(text []byte) bool { return depth(text) > MaxDepth }

// depth returns how deep the objects and lists of a valid JSON text are nested.
func depth(text []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// CheckAliases refuses YAML whose aliases make more than room bytes of it, before anything is expanded. The reader has
// a limit of its own, but on the number of nodes: three hundred aliases of one long string pass it.
func CheckAliases(path string, content []byte, room int) error {
	if !mayAlias(content) {
		return nil
	}
	pieces, _, _ := split(content)
	for i, piece := range pieces {
		if err := checkAliases(piece.Text, room); err != nil {
			return Place(err, path, i+1, piece.Line)
		}
	}
	return nil
}

// A text may grow by its aliases to so many times its size, or to so many bytes if that is more.
const (
	mostGrowth = 100
	freeGrowth = 1 << 20
)

func mayAlias(text []byte) bool {
	return bytes.IndexByte(text, '&') >= 0 && bytes.IndexByte(text, '*') >= 0
}

func checkAliases(text []byte, room int) error {
	room = min(room, max(freeGrowth, mostGrowth*len(text)))
	if !mayAlias(text) {
		return nil
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil //nolint:nilerr // the reader that counts says it better
	}
	size, ok := (&expansion{room: room, known: map[*yaml.Node]int{}}).size(&root)
	if !ok || size > room {
		return fmt.Errorf("its aliases expand to more than %d bytes", room)
	}
	return nil
}

// expansion adds up what a node is worth with its aliases filled in; each anchor is walked once.
type expansion struct {
	room  int
	known map[*yaml.Node]int
}

// size returns false as soon as the room is used up, or an anchor contains itself.
func (e *expansion) size(node *yaml.Node) (int, bool) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if size, seen := e.known[node]; seen {
		return size, size >= 0
	}
	e.known[node] = -1 // under way: meeting it again is a circle
	size := len(node.Value) + 2
	for _, child := range node.Content {
		part, ok := e.size(child)
		size += part
		if !ok || size > e.room {
			return 0, false
		}
	}
	e.known[node] = size
	return size, true
}
