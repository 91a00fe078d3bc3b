package operations

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
)

type chartDetails struct {
	Metadata   *chart.Metadata     `json:"metadata"`
	Values     string              `json:"values"`
	ValueFiles []string            `json:"valueFiles"`
	Parameters map[string]string   `json:"parameters"`
	Lock       []*chart.Dependency `json:"lock"`
	Readme     string              `json:"readme"`
}

// describeChart tells what there is to know of a chart without rendering it. The group "values" lies over the chart's
// own values in the parameters.
func describeChart(request frames.Request, limits Limits) (any, error) {
	loaded, err := loadChart(request, limits)
	if err != nil {
		return nil, placeHelm(err)
	}
	details := chartDetails{
		Metadata: loaded.Metadata, Values: string(valuesText(loaded)), ValueFiles: []string{},
		Parameters: map[string]string{}, Lock: []*chart.Dependency{},
	}
	if loaded.Lock != nil && loaded.Lock.Dependencies != nil {
		details.Lock = loaded.Lock.Dependencies
	}
	for _, file := range loaded.Raw {
		if isValuesName(file.Name) {
			details.ValueFiles = append(details.ValueFiles, file.Name)
		}
		if strings.EqualFold(file.Name, "README.md") {
			details.Readme = string(file.Data)
		}
	}
	own := frames.File{Path: "values.yaml", Content: valuesText(loaded)}
	for _, file := range append([]frames.File{own}, request.Groups["values"]...) {
		if err := flattenFile(file, details.Parameters, limits); err != nil {
			return nil, err
		}
	}
	return details, nil
}

// isValuesName tells the files that Argo CD offers as values files.
func isValuesName(name string) bool {
	extension := strings.ToLower(path.Ext(name))
	return !strings.Contains(name, "/") && strings.Contains(name, "values") &&
		(extension == ".yaml" || extension == ".yml")
}

func flattenFile(file frames.File, into map[string]string, limits Limits) error {
	if err := documents.CheckAliases(file.Path, file.Content, limits.Output); err != nil {
		return err
	}
	text, err := yaml.YAMLToJSON(file.Content)
	if err != nil {
		return documents.Place(fmt.Errorf("failed to parse %s: %w", file.Path, err), file.Path, 1, 1)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var values any
	if err := decoder.Decode(&values); err != nil {
		return fmt.Errorf("failed to parse %s: %w", file.Path, err)
	}
	if table, isTable := values.(map[string]any); isTable {
		for name, value := range table {
			flatten(escapeKey(name), value, into)
		}
	}
	return nil
}

// flatten writes values as parameters, as Argo CD does: "a.b[0].c" is the name of one.
func flatten(name string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			flatten(name+"."+escapeKey(key), member, into)
		}
	case []any:
		for i, item := range value {
			flatten(name+"["+strconv.Itoa(i)+"]", item, into)
		}
	case nil:
		into[name] = "null"
	default:
		into[name] = fmt.Sprint(value)
	}
}

var keyEscapes = strings.NewReplacer(`\`, `\\`, `.`, `\.`, `,`, `\,`, `=`, `\=`, `[`, `\[`)

// escapeKey makes a key one part of a parameter's name.
func escapeKey(key string) string { return keyEscapes.Replace(key) }

type packedChart struct {
	Kind     string          `json:"kind"`
	Path     string          `json:"path"`
	Metadata *chart.Metadata `json:"metadata"`
}

type unreadableChart struct {
	Kind    string `json:"kind"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// readPackedCharts answers each file of the group "archives", in order: its metadata, or why it is no packed chart.
func readPackedCharts(request frames.Request, limits Limits) (any, error) {
	answers := make([]any, len(request.Groups["archives"]))
	for i, file := range request.Groups["archives"] {
		packed := map[string][]frames.File{"archive": {file}}
		if loaded, err := loadChart(frames.Request{Groups: packed}, limits); err != nil {
			answers[i] = unreadableChart{Kind: "unreadable", Path: file.Path, Message: err.Error()}
		} else {
			answers[i] = packedChart{Kind: "packed", Path: file.Path, Metadata: loaded.Metadata}
		}
	}
	return answers, nil
}
