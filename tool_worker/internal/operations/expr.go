package operations

import (
	"context"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"argosy/tool_worker/internal/frames"
)

type expression struct {
	Text        string         `json:"expression"`
	Environment map[string]any `json:"environment"`
}

// evaluateExpressions answers the value of each expression, which sees the names in its environment and the clock. A
// name that is not there is nil.
func evaluateExpressions(request frames.Request, limits Limits) (any, error) {
	var wanted struct {
		Seconds float64      `json:"seconds"`
		Items   []expression `json:"items"`
	}
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	return each(wanted.Items, wanted.Seconds, limits, func(_ context.Context, item expression) (any, error) {
		program, err := compiledExpressions.get(item.Text, compileExpression)
		if err != nil {
			return nil, err
		}
		names := map[string]any{"time": timeNames, "strings": textNames}
		for name, value := range item.Environment {
			names[name] = value
		}
		return expr.Run(program, names)
	})
}

var compiledExpressions = programs[*vm.Program]{most: 256}

func compileExpression(text string) (*vm.Program, error) { return expr.Compile(text) }

// timeNames and textNames are what Argo CD's notification triggers know besides the application.
var timeNames = map[string]any{
	"Now":         time.Now,
	"Parse":       func(text string) (time.Time, error) { return time.Parse(time.RFC3339, text) },
	"Nanosecond":  time.Nanosecond,
	"Microsecond": time.Microsecond,
	"Millisecond": time.Millisecond,
	"Second":      time.Second,
	"Minute":      time.Minute,
	"Hour":        time.Hour,
	"Layout":      time.Layout,
	"ANSIC":       time.ANSIC,
	"UnixDate":    time.UnixDate,
	"RubyDate":    time.RubyDate,
	"RFC822":      time.RFC822,
	"RFC822Z":     time.RFC822Z,
	"RFC850":      time.RFC850,
	"RFC1123":     time.RFC1123,
	"RFC1123Z":    time.RFC1123Z,
	"RFC3339":     time.RFC3339,
	"RFC3339Nano": time.RFC3339Nano,
	"Kitchen":     time.Kitchen,
	"Stamp":       time.Stamp,
	"StampMilli":  time.StampMilli,
	"StampMicro":  time.StampMicro,
	"StampNano":   time.StampNano,
}

var textNames = map[string]any{
	"ReplaceAll": strings.ReplaceAll,
	"ToUpper":    strings.ToUpper,
	"ToLower":    strings.ToLower,
}
