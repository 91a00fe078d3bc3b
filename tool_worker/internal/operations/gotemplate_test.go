package operations

import (
	"strings"
	"testing"
)

func TestTemplatesAreThoseOfAnApplicationSet(t *testing.T) {
	data := item{"name": "Café_au LAIT!", "n": 1234567890, "small": 3, "list": []string{"a"}, "path": item{"segments": []string{"x", "y"}}}
	for text, want := range map[string]string{
		`{{ .name | upper }}`:                     "CAFÉ_AU LAIT!",
		`{{ normalize .name }}`:                   "caf--au-lait",
		`{{ slugify .name }}`:                     "caf-au-lait",
		`{{ slugify 8 true "one two three" }}`:    "one-two",
		`{{ slugify 8 false "one two three" }}`:   "one-two",
		`{{ slugify 5 false "one two three" }}`:   "one-t",
		`{{ .n }} {{ .small }}`:                   "1.23456789e+09 3",
		`{{ .missing }}`:                          "<no value>",
		`{{ toYaml .list }}`:                      "- a",
		`{{ (fromYaml "a: {b: 1}").a.b }}`:        "1",
		`{{ index (fromYamlArray "[a, b]") 1 }}`:  "b",
		`{{ index .path.segments 1 }}`:            "y",
		`{{ default "x" .missing }}{{ $.small }}`: "x3",
		`plain`: "plain",
		`{{ printf "%s\n---\nkind: Pod" "injected" }}`: "injected\n---\nkind: Pod",
	} {
		got := only(t, "gotemplate", data, item{"templates": []string{text}})
		if got != answered(`[`+quoted(want)+`]`) {
			t.Errorf("%s: got %s, want %q", text, got, want)
		}
	}
}

func TestTemplatesRefuse(t *testing.T) {
	for text, want := range map[string]string{
		`{{ .a`:                           `unclosed action`,
		`{{ env "HOME" }}`:                `function "env" not defined`,
		`{{ expandenv "$HOME" }}`:         `function "expandenv" not defined`,
		`{{ getHostByName "localhost" }}`: `function "getHostByName" not defined`,
		`{{ .missing }}`:                  `map has no entry for key`,
		`{{ fail "no" }}`:                 `error calling fail: no`,
		`{{ slugify "a" "b" }}`:           `argument 1 may not be a`,
		`{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`: `exceeded maximum template depth`,
	} {
		got := only(t, "gotemplate", item{}, item{"templates": []string{"ok", text}, "options": []string{"missingkey=error"}})
		if !strings.Contains(got, want) && !strings.Contains(got, strings.ReplaceAll(want, `"`, `\"`)) {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if got := only(t, "gotemplate", item{}, item{"options": []string{"missingkey=x"}}); got != `unknown template option "missingkey=x"` {
		t.Errorf("got %s", got)
	}
	got := only(t, "gotemplate", item{}, item{"templates": []string{`{{ range until 3000 }}{{ repeat 1000 "x" }}{{ end }}`}})
	if !strings.Contains(got, "the output is larger than 1048576 bytes") {
		t.Errorf("got %s", got)
	}
}
