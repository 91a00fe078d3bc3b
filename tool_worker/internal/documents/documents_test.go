package documents

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"argosy/tool_worker/internal/refusal"
)

const room = 1 << 20

func read(t *testing.T, path, content string) ([]Document, error) {
	t.Helper()
	return (&Reader{Room: room}).Read(path, []byte(content))
}

func TestScalarsAreReadAsKubernetesReadsThem(t *testing.T) {
	for text, want := range map[string]string{
		"on": "true", "yes": "true", "y": "true", "N": "false", "off": "false", "1e3": "1000", "12e03": "12000",
		"685e3": "685000", "1.0": "1", "1.": "1", "010": "8", "0o7": "7", "089": "89", "1:30": `"1:30"`,
		"2001-01-01": `"2001-01-01"`, "=": `"="`, "1_000": "1000", "0b11": "3", "!foo x": `"x"`, "~": "null", "": "null",
		"9007199254740993": "9007199254740993", "12345678901234567890": "12345678901234567000",
		"0.1": "0.1", "-0.0": "0", `"\u00e9"`: `"é"`, "<b>": `"\u003cb\u003e"`,
	} {
		found, err := read(t, "a.yaml", "key: "+text+"\n")
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := string(found[0].Manifest); got != `{"key":`+want+`}` && got != `{"key":-0}` {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestKeysAreReadAsKubernetesReadsThem(t *testing.T) {
	for text, want := range map[string]string{
		"y: 1": `{"true":1}`, "1: a": `{"1":"a"}`, "a: 1\na: 2": `{"a":2}`, "1.5: a": `{"1.5":"a"}`,
		"a: &x {b: 1}\nc:\n  <<: *x\n  d: 2": `{"a":{"b":1},"c":{"b":1,"d":2}}`,
	} {
		found, err := read(t, "a.yaml", text)
		if err != nil || string(found[0].Manifest) != want {
			t.Errorf("%q: got %v %v, want %s", text, found, err, want)
		}
	}
}

func TestDocumentsKeepTheirPlaces(t *testing.T) {
	found, err := read(t, "dir/a.yaml", "# first\na: 1\n---\n\n---\n\n\nb: 2\n--- # last\n{c: 3}\n---\n# nothing\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, document := range found {
		got = append(got, fmt.Sprintf("%s %d:%d %s", document.File, document.Number, document.Line, document.Manifest))
	}
	want := []string{`dir/a.yaml 1:1 {"a":1}`, `dir/a.yaml 3:8 {"b":2}`, `dir/a.yaml 4:10 {"c":3}`}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSONIsReadAsAStreamOfObjects(t *testing.T) {
	found, err := read(t, "a.json", "{\"a\": 1.0,\n\"big\": 12345678901234567890}\n{\"a\":\n 9007199254740993}\n")
	if err != nil || len(found) != 2 {
		t.Fatalf("got %v, %v", found, err)
	}
	if got := string(found[0].Manifest); got != `{"a":1,"big":12345678901234567000}` {
		t.Errorf("got %s", got)
	}
	if found[1].Line != 3 || found[1].Number != 2 || string(found[1].Manifest) != `{"a":9007199254740993}` {
		t.Errorf("got %+v", found[1])
	}
}

func TestFlowMappingInAYAMLFileIsStillYAML(t *testing.T) {
	found, err := read(t, "a.yaml", "{a: yes, b: [1, 2]}\n---\nc: 1\n")
	if err != nil || len(found) != 2 || string(found[0].Manifest) != `{"a":true,"b":[1,2]}` {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestRefusalsSayWhere(t *testing.T) {
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	circle := "a: &x\n  b: *x\n"
	for name, c := range map[string]struct {
		path, content string
		document      int
		line          int
		message       string
	}{
		"broken":                {"a.yaml", "a: 1\n---\n# c\nb: [1\nc: 2\n", 2, 4, "yaml: line 4"},
		"a tab":                 {"a.yaml", "a:\n\tb: 1\n", 1, 2, "yaml: line 2: found character that cannot start"},
		"a list":                {"a.yaml", "a: 1\n---\n\n- a\n", 2, 3, "it is a list, not an object"},
		"text":                  {"a.yaml", "just words\n", 1, 1, "it is a string"},
		"a separator":           {"a.yaml", "a: 1\n\n--- b\nc: 1\n", 2, 3, "invalid Yaml document separator: b"},
		"infinity":              {"a.yaml", "a: .inf\n", 1, 1, "unsupported value: +Inf"},
		"not UTF-8":             {"a.yaml", "a: 1\nb: \xff\n", 1, 2, "line 2: it is not UTF-8"},
		"deep":                  {"a.yaml", "a: 1\n---\nb: " + deep + "\n", 2, 3, "nested deeper than 500 levels"},
		"deep JSON":             {"a.json", `{"a": ` + deep + `}`, 1, 1, "nested deeper than 500 levels"},
		"broken JSON":           {"a.json", "{\"a\": 1}\n{\"a\":\n oops}\n", 2, 3, "invalid character 'o'"},
		"unfinished JSON":       {"a.json", "{\"a\": 1,\n\"b\"", 1, 1, "unexpected"},
		"a JSON list":           {"a.json", "[1]", 1, 1, "it is a list"},
		"an anchor in a circle": {"a.yaml", circle, 1, 1, "aliases expand"},
	} {
		_, err := read(t, c.path, c.content)
		var failed *refusal.Failed
		if !errors.As(err, &failed) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if failed.File != c.path || failed.Document != c.document || failed.Line != c.line ||
			!strings.Contains(failed.Message, c.message) {
			t.Errorf("%s: got %+v", name, *failed)
		}
	}
}

func TestDepthUpToTheLimitIsRead(t *testing.T) {
	lists := strings.Repeat("[", MaxDepth-1) + strings.Repeat("]", MaxDepth-1)
	if _, err := read(t, "a.yaml", "a: "+lists); err != nil {
		t.Error(err)
	}
	if _, err := read(t, "a.yaml", `a: "`+strings.Repeat(`[\"`, 600)+`"`); err != nil {
		t.Errorf("brackets in a string are not depth: %v", err)
	}
}

func TestAliasesAreCountedBeforeTheyAreExpanded(t *testing.T) {
	long := strings.Repeat("x", room/100)
	if _, err := read(t, "a.yaml", "a: &x "+long+"\nb: ["+strings.Repeat("*x,", 90)+"]\n"); err != nil {
		t.Errorf("within the limit: %v", err)
	}
	var failed *refusal.Failed
	_, err := read(t, "a.yaml", "a: &x "+long+"\nb: ["+strings.Repeat("*x,", 110)+"]\n")
	if !errors.As(err, &failed) || failed.Message != "its aliases expand to more than 1048576 bytes" {
		t.Errorf("above it: %v", err)
	}
	bomb := "a0: &a0 [x, x]\n"
	for i := 1; i < 40; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	if err := CheckAliases("values.yaml", []byte("b: 1\n---\n"+bomb), room); !errors.As(err, &failed) {
		t.Errorf("a bomb of 2^40 nodes: %v", err)
	} else if failed.File != "values.yaml" || failed.Document != 2 || failed.Line != 3 {
		t.Errorf("got %+v", *failed)
	}
}

func TestOutputIsLimitedOverAllFilesOfARequest(t *testing.T) {
	reader := Reader{Room: 100}
	text := []byte("a: " + strings.Repeat("x", 60) + "\n")
	if _, err := reader.Read("a.yaml", text); err != nil {
		t.Fatal(err)
	}
	var limit *refusal.Limit
	if _, err := reader.Read("b.yaml", text); !errors.As(err, &limit) || limit.Name != "output" {
		t.Errorf("got %v", err)
	}
}
