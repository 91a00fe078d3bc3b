package operations

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

const aMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"

func file(path, format string, values ...any) frames.File {
	return frames.File{Path: path, Content: fmt.Appendf(nil, format, values...)}
}

// build returns what the build of "app" answered.
func build(t *testing.T, wanted map[string]any, charts []frames.File, files ...frames.File) (kustomizeOutcome, error) {
	t.Helper()
	options := map[string]any{"directory": "app", "options": map[string]any{}}
	for name, value := range wanted {
		options[name] = value
	}
	text, err := run(t, "kustomize", options, map[string][]frames.File{"files": files, "charts": charts})
	if err != nil {
		return kustomizeOutcome{}, err
	}
	var outcome kustomizeOutcome
	if err := json.Unmarshal([]byte(text), &outcome); err != nil {
		t.Fatal(err)
	}
	return outcome, nil
}

type kustomizeOutcome struct {
	kustomizeAnswer
	Remotes []remoteReference `json:"remotes"`
	Charts  []wantedChart     `json:"charts"`
}

// names are "Kind namespace/name" of what was built.
func (o kustomizeOutcome) names() []string {
	var found []string
	for _, document := range o.Documents {
		var head struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
		}
		_ = json.Unmarshal(document.Manifest, &head)
		found = append(found, strings.TrimPrefix(fmt.Sprintf(
			"%s %s/%s", head.Kind, head.Metadata.Namespace, head.Metadata.Name), " "))
	}
	return found
}

func TestS112WhatIsOnAnotherHostIsNamedInEveryFieldThatMayNameIt(t *testing.T) {
	const url = "https://example.com/a/b/x.yaml"
	for _, field := range []string{
		"resources: [%s]", "bases: [%s]", "components: [%s]", "crds: [%s]", "configurations: [%s]", "generators: [%s]",
		"transformers: [%s]", "validators: [%s]", "openapi: {path: '%s'}", "patches: [{path: '%s'}]",
		"replacements: [{path: '%s'}]", "patchesJson6902: [{path: '%s'}]", "patchesStrategicMerge: ['%s']",
		"configMapGenerator: [{name: x, files: ['%s']}]", "configMapGenerator: [{name: x, files: ['k=%s']}]",
		"secretGenerator: [{name: x, envs: ['%s']}]", "configMapGenerator: [{name: x, env: '%s'}]",
	} {
		got, err := build(t, nil, nil, file("base/kustomization.yml", field, url), file("app/kustomization.yaml", "resources: [../base]\n"))
		if err != nil || got.Kind != "needs" || len(got.Remotes) != 1 || got.Remotes[0].Reference != url ||
			got.Remotes[0].File != "base/kustomization.yml" {
			t.Errorf("%s: %+v %v", field, got, err)
		}
	}
}

func TestAllThatIsMissingIsNamedAtOnceAndOnlyOnce(t *testing.T) {
	got, err := build(t, map[string]any{"buildOptions": "--enable-helm"}, nil,
		file("app/kustomization.yaml", "resources: [github.com/a/b, ../base, 'https://example.com/x.yaml']\n"+
			"helmCharts: [{name: c, repo: 'https://charts.example.com', version: 1.0.0}, {name: local}]\n"),
		file("base/kustomization.yaml", "resources: [github.com/a/b]\npatches: [{path: 'https://example.com/p.yaml'}]\n"))
	if err != nil || len(got.Remotes) != 3 || len(got.Charts) != 2 {
		t.Fatalf("got %+v %v", got, err)
	}
	if got.Charts[0].Folder != "app/charts/c-1.0.0/c" || got.Charts[1].Folder != "app/charts/local" || got.Charts[1].Repository != "" {
		t.Errorf("got %+v", got.Charts)
	}
}

func TestWhatWasFetchedTakesThePlaceOfTheReference(t *testing.T) {
	remotes := map[string]string{
		"github.com/org/repo//base?ref=v1":      ".elsewhere/1",
		"https://example.com/m.yaml":            ".elsewhere/2.yaml",
		"https://example.com/patch.yaml":        ".elsewhere/3.yaml",
		"https://example.com/settings.ini":      ".elsewhere/4.ini",
		"https://example.com/org/repo.git//tls": ".elsewhere/5",
	}
	got, err := build(t, map[string]any{"remotes": remotes}, nil,
		file("app/kustomization.yaml", "resources: ['github.com/org/repo//base?ref=v1', 'https://example.com/m.yaml']\n"+
			"components: ['https://example.com/org/repo.git//tls']\n"+
			"patches: [{path: 'https://example.com/patch.yaml', target: {kind: ConfigMap, name: m}}]\n"+
			"configMapGenerator: [{name: g, files: ['https://example.com/settings.ini'], options: {disableNameSuffixHash: true}}]\n"),
		file(".elsewhere/1/base/kustomization.yaml", "resources: [../more]\nnamePrefix: far-\n"),
		file(".elsewhere/1/more/kustomization.yaml", "resources: [m.yaml]\n"), file(".elsewhere/1/more/m.yaml", aMap, "base"),
		file(".elsewhere/2.yaml", aMap, "m"), file(".elsewhere/3.yaml", "- {op: add, path: /data, value: {a: b}}\n"),
		file(".elsewhere/4.ini", "x=1"),
		file(".elsewhere/5/tls/kustomization.yaml", "kind: Component\ncommonAnnotations: {tls: 'on'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ConfigMap /far-base", "ConfigMap /g", "ConfigMap /m"}; !slices.Equal(got.names(), want) {
		t.Errorf("got %v", got.names())
	}
	for i, want := range []string{`"tls":"on"`, `"settings.ini":"x=1"`, `"data":{"a":"b"}`} {
		if !strings.Contains(string(got.Documents[i].Manifest), want) {
			t.Errorf("got %s", got.Documents[i].Manifest)
		}
	}
}

func TestWhatWasFetchedMayNeedMore(t *testing.T) {
	got, err := build(t, map[string]any{"remotes": map[string]string{"github.com/a/b": "x"}}, nil,
		file("app/kustomization.yaml", "resources: [github.com/a/b]\n"), file("x/kustomization.yaml", "resources: [github.com/c/d]\n"))
	if err != nil || len(got.Remotes) != 1 || got.Remotes[0].Reference != "github.com/c/d" || got.Remotes[0].File != "x/kustomization.yaml" {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestAFarBaseOfTwoNamespacesMayHaveAFarBaseOfItsOwn(t *testing.T) {
	got, err := build(t, map[string]any{"remotes": map[string]string{"github.com/a/b": "x", "github.com/c/d": "y"}}, nil,
		file("app/kustomization.yaml", "resources: [../l, ../r]\n"),
		file("l/kustomization.yaml", "namespace: l\nresources: [github.com/a/b]\n"),
		file("r/kustomization.yaml", "namespace: r\nresources: [github.com/a/b]\n"),
		file("x/kustomization.yaml", "resources: [github.com/c/d]\n"),
		file("y/kustomization.yaml", "resources: [m.yaml]\n"), file("y/m.yaml", aMap, "m"))
	if err != nil || !slices.Equal(got.names(), []string{"ConfigMap l/m", "ConfigMap r/m"}) {
		t.Errorf("got %v %v", got.names(), err)
	}
}

func TestAnotherRepositoryCannotReadOurs(t *testing.T) {
	remotes := map[string]string{"github.com/a/b//deep": "x"}
	for _, text := range []string{
		"resources: [../../app/secret.yaml]", "resources: [../../app]", "patches: [{path: ../../app/secret.yaml}]",
		"configMapGenerator: [{name: x, files: [../../app/secret.yaml]}]", "resources: [/app/secret.yaml]",
		"helmGlobals: {chartHome: ../../app}\nhelmCharts: [{name: chart}]",
		"helmCharts: [{name: c, valuesFile: ../../app/secret.yaml}]",
	} {
		got, err := build(t, map[string]any{
			"remotes": remotes, "buildOptions": "--enable-helm --load-restrictor LoadRestrictionsNone",
		}, nil,
			file("app/kustomization.yaml", "resources: [github.com/a/b//deep]\n"), file("app/secret.yaml", aMap, "secret"),
			file("app/chart/Chart.yaml", "name: chart\nversion: 1.0.0\n"), file("x/deep/kustomization.yaml", "%s\n", text),
			file("x/deep/charts/c/Chart.yaml", "name: c\nversion: 1.0.0\n"))
		if err == nil || !strings.Contains(err.Error(), "security; ") {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
}

func TestARepositoryOnTheDiskOfTheMachineIsRefused(t *testing.T) {
	_, err := build(t, nil, nil, file("app/kustomization.yaml", "resources: ['file:///srv/repo//base']\n"))
	var failed *refusal.Failed
	if !errors.As(err, &failed) || !strings.Contains(failed.Message, "are not read") || failed.File != "app/kustomization.yaml" {
		t.Errorf("got %v", err)
	}
}

func TestLocalFoldersThatLookLikeHostsStayLocal(t *testing.T) {
	got, err := build(t, nil, nil,
		file("app/kustomization.yaml", "resources: [my.gitops/x, github.yaml]\n"),
		file("app/my.gitops/x/kustomization.yaml", "resources: [m.yaml]\n"), file("app/my.gitops/x/m.yaml", aMap, "m"),
		file("app/github.yaml", aMap, "g"))
	if err != nil || !slices.Equal(got.names(), []string{"ConfigMap /g", "ConfigMap /m"}) {
		t.Errorf("got %v %v", got.names(), err)
	}
}

func TestLoadRestrictionsStillOnlyReachWhatWasHandedIn(t *testing.T) {
	files := []frames.File{file("app/kustomization.yaml", "resources: [../m.yaml]\n"), file("m.yaml", aMap, "m")}
	if _, err := build(t, nil, nil, files...); err == nil || !strings.Contains(err.Error(), "is not in or below '/app'") {
		t.Errorf("got %v", err)
	}
	none := map[string]any{"buildOptions": "--load-restrictor LoadRestrictionsNone"}
	if got, err := build(t, none, nil, files...); err != nil || len(got.Documents) != 1 {
		t.Errorf("got %+v %v", got, err)
	}
	outside := file("app/kustomization.yaml", "resources: [/etc/hostname, ../../../etc/passwd]\n")
	if got, err := build(t, none, nil, outside); err == nil {
		t.Errorf("got %+v", got)
	}
}
