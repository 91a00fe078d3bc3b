package operations

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/refusal"
)

const (
	schemaFile = "values.schema.json"
	schemaURL  = "file:///" + schemaFile
)

// checkSchemas validates the values of a chart and of its dependencies as Helm does, in Helm's words; but a schema is
// one file here, and cannot have others fetched.
func checkSchemas(loaded *chart.Chart, values map[string]any) error {
	var found strings.Builder
	file, err := collectBreaches(&found, loaded, values)
	if err != nil || found.Len() == 0 {
		return err
	}
	return &refusal.Failed{File: file, Message: "values don't meet the specifications of the schema(s) in the " +
		"following chart(s):\n" + strings.TrimSuffix(found.String(), "\n")}
}

// collectBreaches writes what is wrong, chart by chart, and returns the first schema that says so.
func collectBreaches(into *strings.Builder, loaded *chart.Chart, values map[string]any) (string, error) {
	first := ""
	if loaded.Schema != nil {
		file := path.Join(loaded.ChartFullPath(), schemaFile)
		breaches, err := validate(loaded.Schema, values)
		if err != nil {
			return "", &refusal.Failed{File: file, Message: fmt.Sprintf("%s: %s: %s", loaded.Name(), schemaFile, err)}
		}
		if breaches != "" {
			first = file
			fmt.Fprintf(into, "%s:\n%s\n", loaded.Name(), breaches)
		}
	}
	for _, below := range loaded.Dependencies() {
		given, present := values[below.Name()]
		if !present || given == nil {
			continue
		}
		table, isTable := given.(map[string]any)
		if !isTable {
			fmt.Fprintf(into, "%s:\ninvalid type for values: expected object (map), got %T\n", below.Name(), given)
			continue
		}
		file, err := collectBreaches(into, below, table)
		if err != nil {
			return "", err
		}
		if first == "" {
			first = file
		}
	}
	return first, nil
}

// validate returns what the values break, empty if nothing, or an error if the schema is none.
func validate(schema []byte, values map[string]any) (string, error) {
	if documents.IsDeep(schema) {
		return "", fmt.Errorf("it is nested deeper than %d levels", documents.MaxDepth)
	}
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return "", err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noOtherFile{})
	if err := compiler.AddResource(schemaURL, read); err != nil {
		return "", err
	}
	compiled, err := compiler.Compile(schemaURL)
	if err != nil {
		return "", err
	}
	var breach *jsonschema.ValidationError
	if err := compiled.Validate(values); errors.As(err, &breach) {
		return strings.TrimPrefix(breach.Error(), fmt.Sprintf("jsonschema validation failed with '%s#'\n", schemaURL)), nil
	} else if err != nil {
		return "", err
	}
	return "", nil
}

// noOtherFile is what a schema gets that refers to another file or host.
type noOtherFile struct{}

func (noOtherFile) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		return true, nil // as Helm does with names that nobody resolves
	}
	return nil, fmt.Errorf("it refers to %s: a schema is one file here, nothing is fetched while rendering", url)
}
