package operations

import (
	"strings"
	"testing"
)

func TestJqTellsWhatAPathLeadsTo(t *testing.T) {
	document := `{"a": 9007199254740993, "b": [{"x": 1, "y": 1.0}, {"x": 2}], "c": 1e3, "d": "<"}`
	for name, want := range map[string]string{
		`.a`:                          `{"removed":[[["a"]]],"unused":{}}`,
		`.b[] | select(.x == 1) | .y`: `{"removed":[[["b",0,"y"]]],"unused":{}}`,
		`.none.at.all`:                `{"removed":[[["none","at","all"]]],"unused":{}}`,
		`.none[].at`:                  `{"removed":[[]],"unused":{}}`,
		`.a, .b[-1], .b[:1]`:          `{"removed":[[["a"],["b",-1],["b",{"end":1,"start":null}]]],"unused":{}}`,
		`.d | select(. == "<")`:       `{"removed":[[["d"]]],"unused":{}}`,
		`.[("a", "c")] | numbers`:     `{"removed":[[["a"],["c"]]],"unused":{}}`,
	} {
		got := only(t, "jqDelete", item{"paths": []string{name}, "document": raw(document)}, nil)
		if got != answered(want) {
			t.Errorf("%s: got %s, want %s", name, got, answered(want))
		}
	}
}

func TestJqPathsSeeWhatTheOnesBeforeThemLeft(t *testing.T) {
	got := only(t, "jqDelete", item{"paths": []string{".b[0]", ".b[0].x"}, "document": raw(`{"b": [{"x": 1}, {"x": 2}]}`)}, nil)
	if want := answered(`{"removed":[[["b",0]],[["b",0,"x"]]],"unused":{}}`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAJqPathThatFailsRemovesNothing(t *testing.T) {
	paths := []string{".a", ".a[", ".b.c", "env.HOME", "$ENV.PATH", "input", ".x | error", ".d)|empty;(.d", "."}
	got := only(t, "jqDelete", item{"paths": paths, "document": raw(`{"a": 1, "b": [1], "d": 1}`)}, nil)
	for _, part := range []string{
		`"removed":[[["a"]],[],[],[],[],[],[],[],[]]`, `"1":"unexpected token \")\"`, `"2":"expected an object but got: array`, `"8":"it does not leave one document"`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("got %s, want %s in it", got, part)
		}
	}
}

func TestJqSeesNoEnvironment(t *testing.T) {
	t.Setenv("SECRET", "hidden")
	for query, want := range map[string]string{
		`env`: answered(`[{}]`), `$ENV`: answered(`[{}]`), `empty`: answered(`[]`), `.[]`: answered(`[1,2]`),
		`nan`: answered(`[null]`), `import "a" as a; 1`: declined("cannot load module"),
	} {
		if got := only(t, "jqQuery", item{"query": query, "document": []int{1, 2}}, nil); !strings.Contains(got, want[:len(want)-2]) {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if got := only(t, "jqQuery", item{"query": "range(200000)", "document": nil}, nil); !strings.Contains(got, "more than 99999 values") {
		t.Errorf("got %s", got)
	}
}
