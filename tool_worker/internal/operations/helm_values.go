package operations

import (
	"bytes"
	"fmt"
	"strconv"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// helmParameter is one --set ("value"), --set-string ("string") or --set-file ("file", whose Value is the number of the
// file in the group "parameters").
type helmParameter struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// mergeValues does what Helm does with --values and --set...: files in order, then all of --set, then all of
// --set-string, then all of --set-file.
func mergeValues(
	files []frames.File, parameters []helmParameter, contents []frames.File, limits Limits,
) (map[string]any, error) {
	values := map[string]any{}
	for _, file := range files {
		if err := documents.CheckAliases(file.Path, file.Content, limits.Output); err != nil {
			return nil, err
		}
		read, err := loader.LoadValues(bytes.NewReader(file.Content))
		if err != nil {
			return nil, documents.Place(fmt.Errorf("failed to parse %s: %w", file.Path, err), file.Path, 1, 1)
		}
		values = loader.MergeMaps(values, read)
	}
	readContent := func(number []rune) (any, error) {
		index, err := strconv.Atoi(string(number))
		if err != nil || index < 0 || index >= len(contents) {
			return nil, fmt.Errorf("no file %q", string(number))
		}
		return string(contents[index].Content), nil
	}
	steps := []struct {
		kind, flag string
		set        func(text string) error
	}{
		{"value", "--set", func(text string) error { return strvals.ParseInto(text, values) }},
		{"string", "--set-string", func(text string) error { return strvals.ParseIntoString(text, values) }},
		{"file", "--set-file", func(text string) error { return strvals.ParseIntoFile(text, values, readContent) }},
	}
	for _, step := range steps {
		for _, parameter := range parameters {
			if parameter.Kind != step.kind {
				continue
			}
			if err := step.set(parameter.Name + "=" + escapeCommas(parameter.Value)); err != nil {
				return nil, &refusal.Failed{Message: fmt.Sprintf(
					"parameter %q: failed parsing %s data: %s", parameter.Name, step.flag, err)}
			}
		}
	}
	return values, nil
}
