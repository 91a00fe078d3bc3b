package operations

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

type variables []map[string]any

func jsonnetOf(t *testing.T, files map[string]string, more map[string]any) (string, error) {
	t.Helper()
	groups := map[string][]frames.File{}
	for path, content := range files {
		group := "files"
		if path == "app/main.jsonnet" {
			group = "programs"
		}
		groups[group] = append(groups[group], frames.File{Path: path, Content: []byte(content)})
	}
	if more == nil {
		more = map[string]any{}
	}
	return run(t, "jsonnet", more, groups)
}

func object(text string) string {
	return `[[{"manifest":` + text + `,"file":"app/main.jsonnet","document":0,"line":0}]]`
}

func TestJsonnetGivesOneObjectOrAListOfThem(t *testing.T) {
	for text, want := range map[string]string{
		`{a: 1, b: self.a + 0.5}`: object(`{"a":1,"b":1.5}`),
		`[]`:                      `[[]]`,
		`[{a: 1}, null, {b: 2}]`:  `[[{"manifest":{"a":1},"file":"app/main.jsonnet","document":1,"line":0},{"manifest":{"b":2},"file":"app/main.jsonnet","document":3,"line":0}]]`,
		`{a: 9007199254740992, b: 1e300, c: 1234567890123456789}`: object(`{"a":9007199254740992,"b":1e+300,"c":1234567890123456768}`),
		`std.trace('said', {a: '<b>'})`:                           object("{\"a\":\"\\u003cb\\u003e\"}"),
	} {
		got, err := jsonnetOf(t, map[string]string{"app/main.jsonnet": text}, nil)
		if err != nil || got != want {
			t.Errorf("%s: got %s %v, want %s", text, got, err, want)
		}
	}
}

func TestJsonnetImportsFromBesideTheFileAndThenFromTheLastLibrary(t *testing.T) {
	files := map[string]string{
		"app/main.jsonnet":    `{a: import 'x/a.libsonnet', b: import 'b.libsonnet', c: importstr 'c.txt', d: importbin '../d.bin'}`,
		"app/x/a.libsonnet":   `import '../near.libsonnet'`,
		"app/near.libsonnet":  `'near'`,
		"one/b.libsonnet":     `'one'`,
		"two/b.libsonnet":     `'two'`,
		"one/c.txt":           "text",
		"d.bin":               "\x00\xff",
		"one/near.libsonnet":  `'far'`,
		"three/b.libsonnet/x": `'three'`,
	}
	want := object(`{"a":"near","b":"two","c":"text","d":[0,255]}`)
	got, err := jsonnetOf(t, files, map[string]any{"libraries": []string{"one", "two", "three"}})
	if err != nil || got != want {
		t.Errorf("got %s %v, want %s", got, err, want)
	}
}

func TestJsonnetVariablesAreTextOrCode(t *testing.T) {
	files := map[string]string{
		"app/main.jsonnet": `function(size, name='n') {size: size, name: name, env: std.extVar('env'), more: std.extVar('more')}`,
		"lib/one.jsonnet":  `1`,
		"one.jsonnet":      `2`,
	}
	given := map[string]any{
		"libraries": []string{"lib"},
		"extVars":   variables{{"name": "env", "value": "1 + 1"}, {"name": "more", "value": "[import 'one.jsonnet']", "code": true}},
		"tlas":      variables{{"name": "size", "value": "1 + 1", "code": true}},
	}
	want := object(`{"env":"1 + 1","more":[1],"name":"n","size":2}`)
	got, err := jsonnetOf(t, files, given)
	if err != nil || got != want {
		t.Errorf("got %s %v, want %s", got, err, want)
	}
}

func TestJsonnetRefusesWithFileAndLine(t *testing.T) {
	for text, want := range map[string]string{
		`null`:                                 "app/main.jsonnet:0: it is null, not an object",
		`12`:                                   "app/main.jsonnet:0: it is a number, not an object",
		`[{}, [{}]]`:                           "app/main.jsonnet:0: it is a list, not an object",
		"{\n  a: \n":                           "app/main.jsonnet:3: app/main.jsonnet:3:1 Unexpected end of file",
		"{\n  a: error 'no',\n}":               "app/main.jsonnet:2: RUNTIME ERROR: no\n\tapp/main.jsonnet:2:6-16",
		"{\n  a: import 'lib.jsonnet',\n}":     "app/lib.jsonnet:1: RUNTIME ERROR: broken\n\tapp/lib.jsonnet:1:1-15",
		"{a: import '/etc/hostname'}":          `app/main.jsonnet:1: RUNTIME ERROR: import "/etc/hostname" leads out of the repository`,
		"{a: importstr '../../x'}":             `app/main.jsonnet:1: RUNTIME ERROR: import "../../x" leads out of the repository`,
		"{a: importbin '../app/../../app/x'}":  `app/main.jsonnet:1: RUNTIME ERROR: import "../app/../../app/x" leads out of the repository`,
		"{a: import 'gone.jsonnet'}":           `app/main.jsonnet:1: RUNTIME ERROR: couldn't open import "gone.jsonnet": no match locally`,
		"{a: std.extVar('none')}":              "app/main.jsonnet:1: RUNTIME ERROR: Undefined external variable: none",
		"{a: std.native('exec')('ls')}":        "app/main.jsonnet:1: RUNTIME ERROR: Unexpected type null, expected function",
		"local f(x) = f(x + 1) + 1; {a: f(0)}": "app/main.jsonnet:1: RUNTIME ERROR: max stack frames exceeded.",
		"function(x) {a: x}":                   "app/main.jsonnet:0: RUNTIME ERROR: Missing argument: x",
	} {
		files := map[string]string{"app/main.jsonnet": text, "app/lib.jsonnet": "error 'broken'", "x": "secret"}
		got, err := jsonnetOf(t, files, nil)
		var failed *refusal.Failed
		if !errors.As(err, &failed) {
			t.Errorf("%s: got %s %v", text, got, err)
			continue
		}
		if said := placed(failed); !strings.HasPrefix(said, want) {
			t.Errorf("%s: got %q, want %q", text, said, want)
		}
	}
}

func TestJsonnetKeepsTheLimits(t *testing.T) {
	var limit *refusal.Limit
	long := map[string]string{"app/main.jsonnet": `{a: importstr 'long'}`, "app/long": strings.Repeat("x", 2<<20)}
	_, err := jsonnetOf(t, long, nil)
	if !errors.As(err, &limit) || limit.Name != "output" {
		t.Errorf("got %v", err)
	}
	deep := map[string]string{"app/main.jsonnet": `std.foldl(function(inner, _) {a: inner}, std.range(1, 600), {})`}
	if _, err := jsonnetOf(t, deep, nil); err == nil || !strings.Contains(err.Error(), "max stack frames exceeded") {
		t.Errorf("got %v", err)
	}
}

func placed(failed *refusal.Failed) string {
	return fmt.Sprintf("%s:%d: %s", failed.File, failed.Line, failed.Message)
}
