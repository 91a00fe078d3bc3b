package operations

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/frames"
)

const chartYAML = "apiVersion: v2\nname: web\nversion: 1.0.0\nicon: https://example.com/i.png\n"

func ask[T any](t *testing.T, operation string, options any, groups map[string][]frames.File) T {
	t.Helper()
	text, err := run(t, operation, options, groups)
	if err != nil {
		t.Fatal(err)
	}
	var answer T
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestAChartIsDescribed(t *testing.T) {
	got := ask[chartDetails](t, "chart", map[string]any{}, map[string][]frames.File{
		"chart": {
			file("Chart.yaml", chartYAML+"dependencies: [{name: a, version: ^1, repository: 'https://example.com', import-values: [x]}]\n"),
			file("Chart.lock", "dependencies: [{name: a, version: 1.2.3, repository: 'https://example.com'}]\n"),
			file("values.yaml", "# a comment\nimage: {tag: 1.20, 'a.b': yes}\nlist: [{port: 8080}, 1000000]\nempty: {}\nnone:\n"),
			file("values-prod.yaml", "x: 1\n"), file("ci/values.yaml", "x: 1\n"), file("README.md", "# Web\n"),
		},
		"values": {file("over.yaml", "image: {tag: new}\nlist: [{port: 1}]\n")},
	})
	if got.Metadata.Name != "web" || got.Metadata.Dependencies[0].Version != "^1" || got.Lock[0].Version != "1.2.3" {
		t.Errorf("got %+v", got)
	}
	if !strings.HasPrefix(got.Values, "# a comment\n") || got.Readme != "# Web\n" ||
		strings.Join(got.ValueFiles, " ") != "values.yaml values-prod.yaml" {
		t.Errorf("got %+v", got)
	}
	want := map[string]string{
		"image.tag": "new", `image.a\.b`: "true", "list[0].port": "1", "list[1]": "1000000", "none": "null",
	}
	if len(got.Parameters) != len(want) {
		t.Errorf("got %v", got.Parameters)
	}
	for name, value := range want {
		if got.Parameters[name] != value {
			t.Errorf("%s: got %q", name, got.Parameters[name])
		}
	}
}

func TestParametersSayTheirNamesAsHelmReadsThem(t *testing.T) {
	const seed = 7
	source := rand.New(rand.NewPCG(seed, seed))
	spell := func(letters string) string {
		text := make([]byte, 1+source.IntN(6))
		for i := range text {
			text[i] = letters[source.IntN(len(letters))]
		}
		return "k" + string(text)
	}
	word := func() string { return spell("ab.,=[]\\- {}") }
	var value func(depth int) any
	value = func(depth int) any {
		switch kind := source.IntN(4); {
		case depth > 0 && kind == 0:
			return map[string]any{word(): value(depth - 1), word(): value(depth - 1)}
		case depth > 0 && kind == 1:
			return []any{value(depth - 1), value(depth - 1)}
		default:
			return spell("ab.,=[]- {}") // in a value, Argo CD takes a backslash for the user's own
		}
	}
	for range 2_000 {
		values := map[string]any{word(): value(3), word(): value(3)}
		text, err := yaml.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		parameters := map[string]string{}
		if err := flattenFile(frames.File{Path: "values.yaml", Content: text}, parameters, roomy); err != nil {
			t.Fatal(err)
		}
		var set []helmParameter
		for name, value := range parameters {
			set = append(set, helmParameter{Kind: "string", Name: name, Value: value})
		}
		got, err := mergeValues(nil, set, nil, roomy)
		if err != nil || !reflect.DeepEqual(got, values) {
			t.Fatalf("%s\nas parameters %q gives %v %v", text, parameters, got, err)
		}
	}
}

func TestPackedChartsAreReadOneByOne(t *testing.T) {
	got, err := run(t, "packedCharts", map[string]any{}, map[string][]frames.File{
		"archives": {{Path: "good.tgz", Content: pack(t, "web", file("Chart.yaml", chartYAML))}, file("bad.tgz", "<html>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got, `[{"kind":"packed","path":"good.tgz","metadata":{"name":"web","version":"1.0.0"`) ||
		!strings.Contains(got, `{"kind":"unreadable","path":"bad.tgz","message":"cannot load the chart's archive`) {
		t.Errorf("got %s", got)
	}
}

func TestValuesAreDocumentedInTheirOrder(t *testing.T) {
	values := `# Copyright

# -- How many
# run at once.
replicas: 2
image:
  # Where it comes from
  repository: nginx
  tag: "1.2" # the version
# -- (tpl) Labels of everything
# @default -- none
labels: {a: b}
plain: {x: 1}
list: [a, {b: <c>}]
none:
empty: {}
# @ignored
internal: 1

# elsewhere.far -- Said far away,
# on two lines
elsewhere:
  far: true
## @param bitnami.style [string] As they say it
bitnami:
  style: 1.5
"dotted.name": x
`
	schema := `{"$defs": {"list": {"type": "array", "description": "Some things"}}, "properties": {
		"replicas": {"type": "integer", "description": "not this"}, "list": {"$ref": "#/$defs/list"},
		"none": {"type": ["string", "null"]}, "extra": {"type": "object", "properties": {"flag": {"type": "boolean"}}},
		"self": {"$ref": "#"}}}`
	got := ask[[]chartValue](t, "chartValues", map[string]any{}, map[string][]frames.File{"chart": {
		file("Chart.yaml", chartYAML), {Path: "values.yaml", Content: []byte(values)},
		{Path: "values.schema.json", Content: []byte(schema)},
	}})
	want := []chartValue{
		{"replicas", "int", "2", "How many run at once."},
		{"image.repository", "string", `"nginx"`, "Where it comes from"},
		{"image.tag", "string", `"1.2"`, "the version"},
		{"labels", "tpl", "none", "Labels of everything"},
		{"plain.x", "int", "1", ""},
		{"list", "list", `["a",{"b":"<c>"}]`, "Some things"},
		{"none", "string or null", "null", ""},
		{"empty", "object", "{}", ""},
		{"elsewhere.far", "bool", "true", "Said far away, on two lines"},
		{"bitnami.style", "float", "1.5", "As they say it"},
		{`dotted\.name`, "string", `"x"`, ""},
		{"extra.flag", "bool", "", ""},
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("row %d: got %+v", i, got[min(i, len(got)-1):])
		}
	}
}

func TestAnchorsInValuesAreFollowed(t *testing.T) {
	values := "base: &b {x: 1, z: yes}\nlist: [*b]\nother:\n  <<: *b\n  # -- Other\n  x: 3\n# -- The same\nalso: *b\n"
	got := ask[[]chartValue](t, "chartValues", map[string]any{}, map[string][]frames.File{"chart": {
		file("Chart.yaml", chartYAML), file("values.yaml", "%s", values),
	}})
	want := []chartValue{
		{"base.x", "int", "1", ""}, {"base.z", "bool", "true", ""}, {"list", "list", `[{"x":1,"z":true}]`, ""},
		{"other.x", "int", "3", "Other"}, {"other.z", "bool", "true", ""}, {"also", "object", `{"x":1,"z":true}`, "The same"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestASchemaThatGrowsIsCutOff(t *testing.T) {
	doubling := `{"$ref": "#/$defs/0", "$defs": {`
	for i := range 30 {
		next := `{"type": "string"}`
		if i < 29 {
			next = `{"$ref": "#/$defs/` + string(rune('0'+i+1)) + `"}`
		}
		doubling += `"` + string(rune('0'+i)) + `": {"properties": {"a": ` + next + `, "b": ` + next + `}},`
	}
	doubling = strings.TrimSuffix(doubling, ",") + "}}"
	got := ask[[]chartValue](t, "chartValues", map[string]any{}, map[string][]frames.File{"chart": {
		file("Chart.yaml", chartYAML), {Path: "values.schema.json", Content: []byte(doubling)},
	}})
	if len(got) > mostRows {
		t.Errorf("got %d rows", len(got))
	}
}
