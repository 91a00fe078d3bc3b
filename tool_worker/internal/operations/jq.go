package operations

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"

	"argosy/tool_worker/internal/frames"
)

type jqItem struct {
	Paths    []string        `json:"paths"`
	Query    string          `json:"query"`
	Document json.RawMessage `json:"document"`
}

type jqBatch struct {
	Seconds float64  `json:"seconds"`
	Items   []jqItem `json:"items"`
}

// deleted is what each path leads to in a document that the paths before it have gone from, as jq writes paths: names,
// indexes, slices. Paths that could not be used are told by their numbers.
type deleted struct {
	Removed []json.RawMessage `json:"removed"`
	Unused  map[int]string    `json:"unused"`
}

// deleteByJq answers what to remove from each document, one path after the other. A path that fails removes nothing.
func deleteByJq(request frames.Request, limits Limits) (any, error) {
	var wanted jqBatch
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	return each(wanted.Items, wanted.Seconds, limits, func(ctx context.Context, item jqItem) (any, error) {
		document, err := exactly(item.Document)
		if err != nil {
			return nil, err
		}
		answer := deleted{Removed: make([]json.RawMessage, len(item.Paths)), Unused: map[int]string{}}
		for i, path := range item.Paths {
			removed, left, err := deletePath(ctx, path, document)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case err != nil:
				answer.Unused[i] = err.Error()
			default:
				document = left
			}
			if answer.Removed[i], err = gojq.Marshal(removed); err != nil {
				return nil, err
			}
		}
		return answer, nil
	})
}

// deletePath answers the concrete paths that a path leads to, and the document without them, as jq's own `del` does.
// What ends at a null leads to nothing: "cannot iterate over: null" is no fault of the path.
func deletePath(ctx context.Context, path string, document any) (removed []any, left any, err error) {
	values, err := runJq(ctx, "[path("+path+")] as $paths | [$paths, delpaths($paths)]", document, 2)
	if err != nil {
		if strings.HasSuffix(err.Error(), ": null") {
			return []any{}, document, nil
		}
		return []any{}, document, err
	}
	if len(values) == 1 {
		if both, ok := values[0].([]any); ok && len(both) == 2 && isObject(both[1]) {
			if removed, ok := both[0].([]any); ok {
				return removed, both[1], nil
			}
		}
	}
	return []any{}, document, errors.New("it does not leave one document")
}

func isObject(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

// queryByJq answers the values that each query gives of its document.
func queryByJq(request frames.Request, limits Limits) (any, error) {
	var wanted jqBatch
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	return each(wanted.Items, wanted.Seconds, limits, func(ctx context.Context, item jqItem) (any, error) {
		document, err := exactly(item.Document)
		if err != nil {
			return nil, err
		}
		values, err := runJq(ctx, item.Query, document, mostValues)
		if err != nil {
			return nil, err
		}
		text, err := gojq.Marshal(values)
		return json.RawMessage(text), err
	})
}

// mostValues bounds how many values one query may give.
const mostValues = 100_000

// exactly reads JSON without rounding its numbers, which jq keeps as long as it does not compute with them.
func exactly(text json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

var compiledJq = programs[*gojq.Code]{most: 256}

func compileJq(text string) (*gojq.Code, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return nil, err
	}
	return gojq.Compile(query)
}

// runJq returns the values that a program gives, which may be at most so many.
func runJq(ctx context.Context, text string, document any, most int) ([]any, error) {
	program, err := compiledJq.get(text, compileJq)
	if err != nil {
		return nil, err
	}
	values := []any{}
	iterator := program.RunWithContext(ctx, document)
	for len(values) < most {
		value, more := iterator.Next()
		if !more {
			return values, nil
		}
		if err, failed := value.(error); failed {
			return nil, err
		}
		values = append(values, value)
	}
	return nil, fmt.Errorf("it gives more than %d values", most-1)
}
