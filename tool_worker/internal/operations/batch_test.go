package operations

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"argosy/tool_worker/internal/refusal"
)

type item = map[string]any

// only runs a batch of one.

func only(t *testing.T, operation string, one item, more item) string {
	t.Helper()
	wanted := item{"seconds": 1, "items": []item{one}}
	for name, value := range more {
		wanted[name] = value
	}
	got, err := run(t, operation, wanted, nil)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(strings.TrimPrefix(got, "["), "]")
}

func answered(value string) string { return `{"kind":"answered","value":` + value + `}` }

func declined(message string) string {
	return fmt.Sprintf(`{"kind":"declined","message":%q}`, message)
}

func TestAnEndlessScriptIsDeclinedAndTheOthersAreAnswered(t *testing.T) {
	late := `{"kind":"declined","message":"it took longer than 0.5 seconds","limit":"time"}`
	for operation, items := range map[string][]item{
		"lua": {
			{"script": "return 1"}, {"script": "while true do end"}, {"script": "while true do pcall(function() while true do end end) end"},
			{"script": "pcall(function() while true do end end) return 1"}, {"script": "return 1"},
		},
		"jqQuery": {
			{"query": "1", "document": 0}, {"query": "def f: f; f", "document": 0}, {"query": "reduce range(1e12) as $i (0; . + $i)", "document": 0},
			{"query": "try (last(range(1e12))) catch 1", "document": 0}, {"query": "1", "document": 0},
		},
	} {
		got, err := run(t, operation, item{"seconds": 0.5, "items": items}, nil)
		one := answered("1")
		if operation == "jqQuery" {
			one = answered("[1]")
		}
		if want := "[" + strings.Join([]string{one, late, late, late, one}, ",") + "]"; err != nil || got != want {
			t.Errorf("%s: got %s %v, want %s", operation, got, err, want)
		}
	}
}

func TestABatchThatAnswersTooMuchIsALimit(t *testing.T) {
	_, err := run(t, "lua", item{"seconds": 1, "items": []item{{"script": `return string.rep("x", 2000000)`}}}, nil)
	var limit *refusal.Limit
	if !errors.As(err, &limit) || limit.Name != "output" {
		t.Errorf("got %v", err)
	}
}

// TestAnItemThatCannotBeStoppedCostsTheProcess runs this test again as the process.

func TestAnItemThatCannotBeStoppedCostsTheProcess(t *testing.T) {
	const inside = "OPERATIONS_TEST_INSIDE"
	if os.Getenv(inside) != "" {
		only(t, "lua", item{"script": `return string.find(string.rep("a", 50000), string.rep("a-", 50000) .. "b")`}, item{"seconds": 0.1})
		return
	}
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = []string{inside + "=1"}
	said, err := command.CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != Overdue || !strings.Contains(string(said), "could not be stopped") {
		t.Errorf("got %v: %s", err, said)
	}
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

func quoted(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded)
}
