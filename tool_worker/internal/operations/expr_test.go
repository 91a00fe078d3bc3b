package operations

import (
	"strings"
	"testing"
)

func TestExpressionsAreThoseOfTriggers(t *testing.T) {
	environment := item{"app": item{"status": item{"phase": "Succeeded", "at": "2026-01-01T00:00:00Z", "n": 3}}}
	for text, want := range map[string]string{
		`app.status.phase in ["Succeeded", "Failed"]`:                                      answered("true"),
		`time.Now().Sub(time.Parse(app.status.at)).Hours() >= 1`:                           answered("true"),
		`time.Parse("2026-01-01T00:00:01Z").Sub(time.Parse(app.status.at)) == time.Second`: answered("true"),
		`app.status.none == nil`:                                                           answered("true"),
		`app.status?.none?.deeper ?? "x"`:                                                  answered(`"x"`),
		`strings.ReplaceAll(app.status.phase, "S", "s")`:                                   answered(`"succeeded"`),
		`unknown`:             answered("null"),
		`filter(1..3, # > 1)`: answered("[2,3]"),
	} {
		if got := only(t, "expr", item{"expression": text, "environment": environment}, nil); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`1 +`: "unexpected token EOF", `app.status.n.x`: "cannot fetch x", `time.Parse("x")`: "cannot parse", `map(1..10000000, #)`: "memory budget exceeded",
		`unknown()`: "nil",
	} {
		got := only(t, "expr", item{"expression": text, "environment": environment}, nil)
		if !strings.HasPrefix(got, `{"kind":"declined"`) || !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
