package operations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/refusal"
)

// Overdue is the exit status of a process that one item has held up for longer than it can be allowed to: what runs in
// one call of a library (a hostile pattern, a huge repetition) cannot be stopped in any other way.
const Overdue = 4

// patience is how many times its seconds an item may take before it costs the process.
const patience = 2

type outcome struct {
	Kind    string `json:"kind"` // "answered" or "declined"
	Value   any    `json:"value,omitempty"`
	Message string `json:"message,omitempty"`
	Limit   string `json:"limit,omitempty"`
}

// each answers the items of a batch one by one: a value, or why there is none. Each may take so many seconds.
func each[Item any](items []Item, seconds float64, limits Limits, work func(context.Context, Item) (any, error)) (any, error) {
	limit := time.Duration(seconds * float64(time.Second))
	answers := make([]outcome, len(items))
	room := limits.Output
	for i, item := range items {
		value, err := timed(limit, func(ctx context.Context) (json.RawMessage, error) { return valueOf(work(ctx, item)) })
		if room -= len(value); room < 0 {
			return nil, refusal.Output(limits.Output)
		}
		switch {
		case err == nil:
			answers[i] = outcome{Kind: "answered", Value: value}
		case errors.Is(err, context.DeadlineExceeded):
			answers[i] = outcome{Kind: "declined", Message: fmt.Sprintf("it took longer than %g seconds", seconds), Limit: "time"}
		default:
			answers[i] = outcome{Kind: "declined", Message: err.Error()}
		}
	}
	return answers, nil
}

// timed gives up with context.DeadlineExceeded after the limit, or with the whole process if that does not help.
func timed(limit time.Duration, work func(context.Context) (json.RawMessage, error)) (value json.RawMessage, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	overdue := time.AfterFunc(patience*limit, func() {
		fmt.Fprintf(os.Stderr, "tool_worker: an item took longer than %v and could not be stopped\n", patience*limit)
		os.Exit(Overdue)
	})
	defer overdue.Stop()
	defer func() {
		if cause := recover(); cause != nil {
			value, err = nil, fmt.Errorf("it gave up: %v", cause)
		}
		if ctx.Err() != nil { // a script may catch the error, and answer all the same
			value, err = nil, ctx.Err()
		}
	}()
	return work(ctx)
}

func valueOf(value any, err error) (json.RawMessage, error) {
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return text, documents.CheckDepth(text)
}
