package operations

import (
	"context"
	"fmt"
	"strings"
	gotemplate "text/template"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

type templateBatch struct {
	Seconds   float64          `json:"seconds"`
	Templates []string         `json:"templates"`
	Options   []string         `json:"options"`
	Items     []map[string]any `json:"items"`
}

// renderGoTemplates answers, for each item, what each of the templates gives of it. They have the functions that an
// ApplicationSet of Argo CD has; numbers are floats, as there.
func renderGoTemplates(request frames.Request, limits Limits) (any, error) {
	var wanted templateBatch
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	parsed, err := wanted.parse()
	if err != nil {
		return nil, err
	}
	return each(wanted.Items, wanted.Seconds, limits, func(ctx context.Context, item map[string]any) (any, error) {
		texts := make([]string, len(parsed))
		for i, one := range parsed {
			out := &boundedText{ctx: ctx, room: limits.Output}
			if err := one.Execute(out, item); err != nil {
				return nil, fmt.Errorf("template %q: %w", wanted.Templates[i], err)
			}
			texts[i] = out.String()
		}
		return texts, nil
	})
}

func (b templateBatch) parse() ([]*gotemplate.Template, error) {
	for _, option := range b.Options {
		if !knownOptions[option] {
			return nil, &refusal.Failed{Message: fmt.Sprintf("unknown template option %q", option)}
		}
	}
	parsed := make([]*gotemplate.Template, len(b.Templates))
	for i, text := range b.Templates {
		var err error
		if parsed[i], err = gotemplate.New("").Funcs(templateFunctions).Option(b.Options...).Parse(text); err != nil {
			return nil, &refusal.Failed{Message: fmt.Sprintf("template %q: %v", text, err)}
		}
	}
	return parsed, nil
}

var knownOptions = map[string]bool{
	"missingkey=default": true, "missingkey=invalid": true, "missingkey=zero": true, "missingkey=error": true,
}

// boundedText stops a template that writes more than the answer may hold, or for too long.
type boundedText struct {
	strings.Builder
	ctx  context.Context
	room int
}

func (b *boundedText) Write(text []byte) (int, error) {
	if b.ctx.Err() != nil {
		return 0, b.ctx.Err()
	}
	if b.Len()+len(text) > b.room {
		return 0, refusal.Output(b.room)
	}
	return b.Builder.Write(text)
}
