// Package operations is the table of what the worker computes, one operation per file. An operation gets files and
// options and returns what is encoded as JSON, or a refusal. None of them reads anything else.
package operations

import (
	"bytes"
	"encoding/json"
	"fmt"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// Limits are those that an operation keeps by itself.
type Limits struct {
	Output int // bytes of the answer's JSON
}

type operation func(request frames.Request, limits Limits) (any, error)

var table = map[string]operation{
	"yaml":         readYAML,
	"chart":        describeChart,
	"chartValues":  listChartValues,
	"packedCharts": readPackedCharts,
	"lint":         lintChart,
	"helm":         renderHelm,
	"jsonnet":      evaluateJsonnet,
	"gotemplate":   renderGoTemplates,
	"expr":         evaluateExpressions,
	"glob":         matchGlobs,
	"jqDelete":     deleteByJq,
	"jqQuery":      queryByJq,
	"lua":          runLua,
	"kustomize":    buildKustomize,
	"semver":       pickVersion,
	"versions":     listVersions,
}

// Run computes a request. A library that panics has refused its input; the next request starts afresh.
func Run(request frames.Request, limits Limits) (answer any, err error) {
	run, known := table[request.Operation]
	if !known {
		return nil, fmt.Errorf("unknown operation %q", request.Operation)
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = &refusal.Failed{Message: fmt.Sprintf("%s gave up: %v", request.Operation, cause)}
		}
	}()
	return run(request, limits)
}

// options reads the options of a request, refusing those it does not know.
func options(request frames.Request, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(request.Options))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the options of %s: %w", request.Operation, err)
	}
	return nil
}
