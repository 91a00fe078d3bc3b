package operations

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

var roomy = Limits{Output: 1 << 20}

func run(t *testing.T, operation string, options any, groups map[string][]frames.File) (string, error) {
	t.Helper()
	raw, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := Run(frames.Request{Operation: operation, Options: raw, Groups: groups}, roomy)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), nil
}

func TestVersionsArePickedAsArgoCDPicksThem(t *testing.T) {
	tags := []string{"v1.0.0", "v1.2.3", "1.10.0", "v2.0.0-rc.1", "v2.0.0", "v3.0.0-beta", "latest", ""}
	for constraint, want := range map[string]string{
		"*":               `{"kind":"match","version":"v2.0.0"}`,
		"1.*":             `{"kind":"match","version":"1.10.0"}`,
		"^1.0":            `{"kind":"match","version":"1.10.0"}`,
		"~1.2":            `{"kind":"match","version":"v1.2.3"}`,
		">=1.0.0 <1.5.0":  `{"kind":"match","version":"v1.2.3"}`,
		">=2.0.0-0":       `{"kind":"match","version":"v3.0.0-beta"}`,
		">2.0.0":          `{"kind":"no-match"}`,
		"1.x || 2.x":      `{"kind":"match","version":"v2.0.0"}`,
		"v1.2.3":          `{"kind":"pin"}`,
		"1.2":             `{"kind":"pin"}`,
		"2.0.0-rc.1":      `{"kind":"pin"}`,
		"main":            `{"kind":"not-constraint"}`,
		"release-1.2":     `{"kind":"not-constraint"}`,
		"refs/heads/main": `{"kind":"not-constraint"}`,
	} {
		got, err := run(t, "semver", map[string]any{"constraint": constraint, "versions": tags}, nil)
		if err != nil || got != want {
			t.Errorf("%q: got %s %v, want %s", constraint, got, err, want)
		}
	}
}

func TestCommasAreEscapedAsArgoCDEscapesThem(t *testing.T) {
	for value, want := range map[string]string{
		"a": "a", "a,b": `a\,b`, `a\,b`: `a\,b`, "{a,b}": "{a,b}", ",": `\,`, "a,,b": `a\,\,b`, "{a,b": `{a\,b`, "": "",
	} {
		if got := escapeCommas(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func TestIgnoreRulesCoverFoldersAndTheirFiles(t *testing.T) {
	rules, err := ignoreRules([]frames.File{{Path: ".helmignore", Content: []byte("# c\nsecret/\n*.bak\n/top.txt\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"secret/a/b.yaml": true, "secret": false, "x/a.bak": true, "top.txt": true, "x/top.txt": false,
		"templates/.hidden": true, "templates/a.yaml": false, "Chart.yaml": false,
	} {
		if got := isIgnored(rules, name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestImagesAreParsedAsKustomizeEditParsesThem(t *testing.T) {
	for text, want := range map[string]types.Image{
		"nginx:1.2":               {Name: "nginx", NewTag: "1.2"},
		"nginx@sha256:ab":         {Name: "nginx", Digest: "sha256:ab"},
		"nginx=other":             {Name: "nginx", NewName: "other"},
		"nginx=other:2":           {Name: "nginx", NewName: "other", NewTag: "2"},
		"nginx=other@sha256:ab":   {Name: "nginx", NewName: "other", Digest: "sha256:ab"},
		"nginx=other:2@sha256:ab": {Name: "nginx", NewName: "other", NewTag: "2", Digest: "sha256:ab"},
		"r.io:5000/a/nginx:1":     {Name: "r.io:5000/a/nginx", NewTag: "1"},
		"a=r.io:5000/b":           {Name: "a", NewName: "r.io:5000/b"},
		"nginx=*:2":               {Name: "nginx", NewName: "*", NewTag: "2"},
	} {
		if got, err := parseImage(text); err != nil || got != want {
			t.Errorf("%s: got %+v %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"nginx", "", "=x", ":1"} {
		if got, err := parseImage(text); err == nil {
			t.Errorf("%q: got %+v", text, got)
		}
	}
}

// edit applies options to the text of a kustomization and returns what was written.
func edit(t *testing.T, before string, options map[string]any, more ...frames.File) (string, error) {
	t.Helper()
	raw, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	var wanted kustomizeEdit
	if err := json.Unmarshal(raw, &wanted); err != nil {
		t.Fatal(err)
	}
	given := append(more, frames.File{Path: "app/kustomization.yaml", Content: []byte(before)})
	files, err := inMemory(given, roomy)
	if err != nil {
		t.Fatal(err)
	}
	if err := wanted.apply(files, "/app"); err != nil {
		return "", err
	}
	content, err := files.ReadFile("/app/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(content), nil
}

const typed = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"

func TestOptionsAreEditedIn(t *testing.T) {
	component := frames.File{Path: "parts/tls/kustomization.yaml", Content: []byte("kind: Component\n")}
	for name, c := range map[string]struct {
		before  string
		options map[string]any
		after   string
	}{
		"names": {
			"namePrefix: old-\nnameSuffix: -kept\n",
			map[string]any{"namePrefix": "new-", "namespace": "there"},
			"namePrefix: new-\nnameSuffix: -kept\nnamespace: there\n",
		},
		"images": {
			"images:\n- {name: a, newName: b, newTag: '1'}\n- {name: c, newTag: '3'}\n",
			map[string]any{"images": []string{"a=*:2", "d@sha256:ab"}},
			"images:\n- {name: a, newName: b, newTag: '2'}\n- {name: c, newTag: '3'}\n- {name: d, digest: 'sha256:ab'}\n",
		},
		"the old field of images": {
			"imageTags: [{name: a, newTag: '1'}]\n", map[string]any{"images": []string{"a:2"}},
			"images: [{name: a, newTag: '2'}]\n",
		},
		"replicas": {
			"replicas: [{name: a, count: 1}, {name: b, count: 1}]\n",
			map[string]any{"replicas": []map[string]any{{"name": "a", "count": 3}, {"name": "c", "count": "4"}}},
			"replicas: [{name: b, count: 1}, {name: a, count: 3}, {name: c, count: 4}]\n",
		},
		"labels": {
			"commonLabels: {a: '1'}\n", map[string]any{"commonLabels": map[string]string{"b": "x:y,z"}},
			"commonLabels: {a: '1', b: 'x:y,z'}\n",
		},
		"labels by force": {
			"commonLabels: {a: '1'}\n",
			map[string]any{"commonLabels": map[string]string{"a": "2"}, "forceCommonLabels": true},
			"commonLabels: {a: '2'}\n",
		},
		"labels without selectors": {
			"commonLabels: {a: '1'}\n",
			map[string]any{"commonLabels": map[string]string{"a": "2"}, "labelWithoutSelector": true},
			"commonLabels: {a: '1'}\nlabels: [{pairs: {a: '2'}}]\n",
		},
		"labels in templates": {
			"labels: [{pairs: {a: '1'}}, {pairs: {b: '1'}, includeTemplates: true}]\n",
			map[string]any{
				"commonLabels": map[string]string{"c": "2"}, "labelWithoutSelector": true, "labelIncludeTemplates": true,
			},
			"labels: [{pairs: {a: '1'}}, {pairs: {b: '1', c: '2'}, includeTemplates: true}]\n",
		},
		"annotations": {
			"resources: [a.yaml]\n", map[string]any{"commonAnnotations": map[string]string{"a": "1"}},
			"resources: [a.yaml]\ncommonAnnotations: {a: '1'}\n",
		},
		"patches": {
			"patches: [{path: a.yaml}]\n",
			map[string]any{"patches": []map[string]any{{
				"patch": "x", "target": map[string]any{"kind": "Deployment", "labelSelector": "a=b"},
				"options": map[string]bool{"allowNameChange": true},
			}}},
			"patches: [{path: a.yaml}, {patch: x, target: {kind: Deployment, labelSelector: a=b}, " +
				"options: {allowNameChange: true}}]\n",
		},
		"components": {
			"components: [../parts/tls]\n",
			map[string]any{"components": []string{"../parts/tls", "../parts/gone"}, "ignoreMissingComponents": true},
			"components: [../parts/tls]\n",
		},
	} {
		got, err := edit(t, c.before, c.options, component)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := normal(t, got); got != normal(t, typed+c.after) {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

// normal is the text of a kustomization with its fields in one order.
func normal(t *testing.T, text string) string {
	t.Helper()
	var kustomization types.Kustomization
	if err := kustomization.Unmarshal([]byte(text)); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	raw, err := yaml.Marshal(kustomization)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestEditsThatCannotBeMadeAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		before  string
		options map[string]any
		message string
	}{
		"a label again": {
			"commonLabels: {a: '1'}\n", map[string]any{"commonLabels": map[string]string{"a": "1"}},
			"app/kustomization.yaml: label a already in kustomization file",
		},
		"an annotation again": {
			"commonAnnotations: {a: '1'}\n", map[string]any{"commonAnnotations": map[string]string{"a": "2"}},
			"annotation a already in kustomization file",
		},
		"a bad image":      {"", map[string]any{"images": []string{"nginx"}}, `invalid image "nginx"`},
		"a bad count":      {"", map[string]any{"replicas": []map[string]any{{"name": "a", "count": "many"}}}, "whole number"},
		"an unknown field": {"resource: [a]\n", map[string]any{"namePrefix": "a"}, `unknown field "resource"`},
	} {
		_, err := edit(t, c.before, c.options)
		var failed *refusal.Failed
		if !errors.As(err, &failed) || !strings.Contains(failed.Message, c.message) || failed.File != "app/kustomization.yaml" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPanicIsARefusal(t *testing.T) {
	table["panic"] = func(frames.Request, Limits) (any, error) { panic("no more") }
	defer delete(table, "panic")
	_, err := Run(frames.Request{Operation: "panic"}, roomy)
	var failed *refusal.Failed
	if !errors.As(err, &failed) || failed.Message != "panic gave up: no more" {
		t.Errorf("got %v", err)
	}
}

func TestUnknownOperationsAndOptionsAreRefused(t *testing.T) {
	if _, err := Run(frames.Request{Operation: "shell"}, roomy); err == nil {
		t.Error("an operation that there is not")
	}
	if _, err := run(t, "semver", map[string]any{"constraint": "*", "network": true}, nil); err == nil {
		t.Error("an option that there is not")
	}
}
