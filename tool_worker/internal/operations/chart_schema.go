package operations

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"argosy/tool_worker/internal/documents"
)

// schemaNode is a part of a values.schema.json, in its order.
type schemaNode struct {
	root *yaml.Node
	node *yaml.Node
}

type schemaProperty struct {
	name   string
	schema *schemaNode
}

func readSchema(text []byte) (*schemaNode, error) {
	if text == nil {
		return nil, nil
	}
	if documents.IsDeep(text) {
		return nil, fmt.Errorf("%s: it is nested deeper than %d levels", schemaFile, documents.MaxDepth)
	}
	var document yaml.Node // JSON is YAML, and this reader keeps its order
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, documents.Place(err, schemaFile, 1, 1)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	return &schemaNode{document.Content[0], document.Content[0]}, nil
}

const longestReference = 20

// field returns a field of the schema, going through references within the file.
func (s *schemaNode) field(name string) *yaml.Node {
	if s == nil {
		return nil
	}
	at := s.node
	for range longestReference {
		if found := childOf(at, name); found != nil {
			return found
		}
		reference := childOf(at, "$ref")
		if reference == nil || !strings.HasPrefix(reference.Value, "#") {
			return nil
		}
		at = s.root
		for step := range strings.SplitSeq(strings.Trim(reference.Value, "#/"), "/") {
			if step != "" {
				at = childOf(at, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
			}
		}
	}
	return nil
}

func childOf(table *yaml.Node, name string) *yaml.Node {
	if table == nil || table.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(table.Content); i += 2 {
		if table.Content[i].Value == name {
			return table.Content[i+1]
		}
	}
	return nil
}

func (s *schemaNode) member(name string) *schemaNode {
	if found := childOf(s.field("properties"), name); found != nil {
		return &schemaNode{s.root, found}
	}
	return nil
}

func (s *schemaNode) properties() []schemaProperty {
	var found []schemaProperty
	if table := s.field("properties"); table != nil {
		for i := 0; i+1 < len(table.Content); i += 2 {
			found = append(found, schemaProperty{table.Content[i].Value, &schemaNode{s.root, table.Content[i+1]}})
		}
	}
	return found
}

func (s *schemaNode) description() string {
	if found := s.field("description"); found != nil {
		return found.Value
	}
	return ""
}

var schemaKinds = map[string]string{"integer": "int", "number": "float", "boolean": "bool", "array": "list"}

func (s *schemaNode) kind() string {
	found := s.field("type")
	if found == nil {
		return ""
	}
	var names []string
	for _, node := range append([]*yaml.Node{found}, found.Content...) {
		if node.Kind == yaml.ScalarNode {
			names = append(names, firstOf(schemaKinds[node.Value], node.Value))
		}
	}
	return strings.Join(names, " or ")
}
