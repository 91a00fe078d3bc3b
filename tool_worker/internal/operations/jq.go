package operations

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

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

// deleted is a document without what the paths lead to, and which of the paths could not be used, by their numbers.
type deleted struct {
	Document json.RawMessage `json:"document"`
	Unused   map[int]string  `json:"unused"`
}

// deleteByJq answers each document without what its paths lead to. A path that fails leaves the document as it was.
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
		unused := map[int]string{}
		for i, path := range item.Paths {
			values, err := runJq(ctx, "del("+path+")", document, 2)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case err != nil:
				unused[i] = err.Error()
			case len(values) != 1 || !isObject(values[0]):
				unused[i] = "it does not leave one document"
			default:
				document = values[0]
			}
		}
		text, err := gojq.Marshal(document)
		return deleted{Document: text, Unused: unused}, err
	})
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
