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

// addMembers takes what a table says itself before what it merges in by "<<".
func (t *valueTable) addMembers(prefix string, table *yaml.Node, schema *schemaNode) error {
	table = withoutAlias(table)
	if table.Kind != yaml.MappingNode {
		return nil
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(table.Content); i += 2 {
		key, value := table.Content[i], withoutAlias(table.Content[i+1])
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		name := escapeKey(key.Value)
		if prefix != "" {
			name = prefix + "." + name
		}
		if err := t.add(name, key, value, schema.member(key.Value)); err != nil {
			return err
		}
	}
	for _, more := range merged {
		if err := t.addMembers(prefix, more, schema); err != nil {
			return err
		}
	}
	return nil
}

func withoutAlias(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func (t *valueTable) add(name string, key, value *yaml.Node, schema *schemaNode) error {
	comment := t.comments.of(name, key)
	if t.seen[name] || comment.ignored {
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
	t.rows = append(t.rows, chartValue{
		Key: name, Type: firstOf(comment.kind, schema.kind(), kindOf(value, shown)),
		Default:     firstOf(comment.byDefault, shown),
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
	text, err := yaml.Marshal(expanded(value))
	if err != nil {
		return "", err
	}
	shown, err := sigsyaml.YAMLToJSON(text)
	if err != nil {
		return "", err
	}
	return withoutEscapes.Replace(string(shown)), nil
}

// expanded is a copy with the aliases filled in, whose anchors may be elsewhere; there are not too many: they were
// counted when the chart was loaded.
func expanded(node *yaml.Node) *yaml.Node {
	node = withoutAlias(node)
	one := *node
	one.Anchor, one.Content = "", make([]*yaml.Node, len(node.Content))
	for i, child := range node.Content {
		one.Content[i] = expanded(child)
	}
	return &one
}

// withoutEscapes undoes what makes JSON safe inside HTML.
var withoutEscapes = strings.NewReplacer(`\\`, `\\`, `\u003c`, `<`, `\u003e`, `>`, `\u0026`, `&`)

// kindOf names types as helm-docs does, for a value as Helm reads it: "yes" is a bool.
func kindOf(value *yaml.Node, shown string) string {
	switch {
	case value.Kind == yaml.MappingNode:
		return "object"
	case value.Kind == yaml.SequenceNode:
		return "list"
	case shown == "true" || shown == "false":
		return "bool"
	case value.ShortTag() == "!!int":
		return "int"
	case value.ShortTag() == "!!float":
		return "float"
	default:
		return "string"
	}
}
