package operations

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
)

// chartValue is a row of a chart's documentation; the default is JSON, empty for a value that only the schema names.
type chartValue struct {
	Key         string `json:"key"`
	Type        string `json:"type"`
	Default     string `json:"default"`
	Description string `json:"description"`
}

// listChartValues documents what can be set, in the order of values.yaml: scalars, lists, empty objects, and objects
// that have a description of their own. Descriptions are what helm-docs and its kin take for one ("# -- text" above a
// key, "# a.b -- text" anywhere, "## @param a.b text"), then a plain comment above a key or behind it, then the schema.
func listChartValues(request frames.Request, limits Limits) (any, error) {
	loaded, err := loadChart(request, limits)
	if err != nil {
		return nil, placeHelm(err)
	}
	text := valuesText(loaded)
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, documents.Place(err, "values.yaml", 1, 1)
	}
	schema, err := readSchema(loaded.Schema)
	if err != nil {
		return nil, err
	}
	table := &valueTable{comments: readComments(text), rows: []chartValue{}, seen: map[string]bool{}}
	if len(document.Content) == 1 {
		if err := table.addMembers("", document.Content[0], schema); err != nil {
			return nil, err
		}
	}
	table.addFromSchema("", schema, nil)
	return table.rows, nil
}

type valueTable struct {
	comments comments
	rows     []chartValue
	seen     map[string]bool
}

func (t *valueTable) addMembers(prefix string, table *yaml.Node, schema *schemaNode) error {
	if table.Kind == yaml.AliasNode {
		table = table.Alias
	}
	if table.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(table.Content); i += 2 {
		key, value := table.Content[i], table.Content[i+1]
		name := escapeKey(key.Value)
		if prefix != "" {
			name = prefix + "." + name
		}
		if err := t.add(name, key, value, schema.member(key.Value)); err != nil {
			return err
		}
	}
	return nil
}

func (t *valueTable) add(name string, key, value *yaml.Node, schema *schemaNode) error {
	comment := t.comments.of(name, key)
	if comment.ignored {
		t.seen[name] = true
		return nil
	}
	t.seen[name] = true
	if value.Kind == yaml.MappingNode && len(value.Content) > 0 && !comment.explicit {
		return t.addMembers(name, value, schema)
	}
	shown, err := asJSON(value)
	if err != nil {
		return documents.Place(err, "values.yaml", 1, value.Line)
	}
	if comment.byDefault != "" {
		shown = comment.byDefault
	}
	t.rows = append(t.rows, chartValue{
		Key: name, Type: firstOf(comment.kind, schema.kind(), kindOf(value)), Default: shown,
		Description: firstOf(comment.text, schema.description()),
	})
	return nil
}

const mostRows = 10_000

// addFromSchema adds what can be set and has no default; `above` are the schemas on the way, which may refer to
// themselves.
func (t *valueTable) addFromSchema(prefix string, schema *schemaNode, above []*yaml.Node) {
	table := schema.field("properties")
	if table == nil || slices.Contains(above, table) {
		return
	}
	above = append(slices.Clone(above), table)
	for _, property := range schema.properties() {
		name := escapeKey(property.name)
		if prefix != "" {
			name = prefix + "." + name
		}
		switch {
		case len(t.rows) >= mostRows:
			return
		case property.schema.field("properties") != nil:
			t.addFromSchema(name, property.schema, above)
		case !t.seen[name]:
			t.seen[name] = true
			t.rows = append(t.rows, chartValue{
				Key: name, Type: property.schema.kind(), Description: property.schema.description(),
			})
		}
	}
}

func asJSON(value *yaml.Node) (string, error) {
	text, err := yaml.Marshal(value)
	if err != nil {
		return "", err
	}
	shown, err := sigsyaml.YAMLToJSON(text)
	if err != nil {
		return "", err
	}
	return withoutEscapes.Replace(string(shown)), nil
}

// withoutEscapes undoes what makes JSON safe inside HTML.
var withoutEscapes = strings.NewReplacer(`\\`, `\\`, `\u003c`, `<`, `\u003e`, `>`, `\u0026`, `&`)

// kindOf names types as helm-docs does.
func kindOf(value *yaml.Node) string {
	switch value.Kind {
	case yaml.MappingNode:
		return "object"
	case yaml.SequenceNode:
		return "list"
	case yaml.AliasNode:
		return kindOf(value.Alias)
	}
	switch value.ShortTag() {
	case "!!int":
		return "int"
	case "!!float":
		return "float"
	case "!!bool":
		return "bool"
	default:
		return "string"
	}
}
