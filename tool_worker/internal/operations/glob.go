package operations

import (
	"context"

	"github.com/gobwas/glob"

	"argosy/tool_worker/internal/frames"
)

type globItem struct {
	Pattern    string   `json:"pattern"`
	Separators string   `json:"separators"`
	Texts      []string `json:"texts"`
}

// matchGlobs answers which of the texts each pattern matches.
func matchGlobs(request frames.Request, limits Limits) (any, error) {
	var wanted struct {
		Seconds float64    `json:"seconds"`
		Items   []globItem `json:"items"`
	}
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	return each(wanted.Items, wanted.Seconds, limits, func(_ context.Context, item globItem) (any, error) {
		pattern, err := glob.Compile(item.Pattern, []rune(item.Separators)...)
		if err != nil {
			return nil, err
		}
		matched := make([]bool, len(item.Texts))
		for i, text := range item.Texts {
			matched[i] = pattern.Match(text)
		}
		return matched, nil
	})
}
