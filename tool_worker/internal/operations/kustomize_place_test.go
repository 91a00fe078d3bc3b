package operations

import (
	"errors"
	"testing"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

func TestMessagesOfKustomizeAreGivenTheirPlace(t *testing.T) {
	top, m := "resources: [../base]\n", file("base/m.yaml", aMap, "m")
	for name, c := range map[string]struct {
		file  string
		line  int
		files []frames.File
	}{
		"broken YAML below": {"base/sub/bad.yaml", 2, []frames.File{
			file("base/kustomization.yaml", "resources: [m.yaml, sub/bad.yaml]\n"), file("base/sub/bad.yaml", "a: 1\nb: [\n"),
		}},
		"a file that is gone": {"base/gone.yaml", 0, []frames.File{file("base/kustomization.yaml", "resources: [gone.yaml]\n")}},
		"no object": {"base/x.yaml", 0, []frames.File{
			file("base/kustomization.yaml", "resources: [x.yaml]\n"), file("base/x.yaml", "a: 1\n"),
		}},
		"a kustomization that is no YAML": {"base/kustomization.yml", 1, []frames.File{
			file("base/kustomization.yml", "resources: [m.yaml\nx: 1\n"),
		}},
		"an unknown field": {"base/kustomization.yaml", 0, []frames.File{file("base/kustomization.yaml", "resource: [m.yaml]\n")}},
		"a patch that is none": {"app/p.yaml", 0, []frames.File{
			file("app/kustomization.yaml", "%spatches: [{path: p.yaml}]\n", top), file("app/p.yaml", "kind: X\n"),
			file("base/kustomization.yaml", "resources: [m.yaml]\n"),
		}},
		"a patch for nothing": {"app/kustomization.yaml", 0, []frames.File{
			file("app/kustomization.yaml", "%spatches: [{path: p.yaml}]\n", top), file("app/p.yaml", aMap, "other"),
			file("base/kustomization.yaml", "resources: [m.yaml]\n"),
		}},
		"a source that is gone": {"base/gone.txt", 0, []frames.File{
			file("base/kustomization.yaml", "configMapGenerator: [{name: x, files: [gone.txt]}]\n"),
		}},
		"a file beyond the root": {"more/x.yaml", 0, []frames.File{
			file("base/kustomization.yaml", "resources: [../more/x.yaml]\n"), file("more/x.yaml", aMap, "x"),
		}},
	} {
		_, err := build(t, nil, nil, append([]frames.File{file("app/kustomization.yaml", "%s", top), m}, c.files...)...)
		var failed *refusal.Failed
		if !errors.As(err, &failed) || failed.File != c.file || failed.Line != c.line {
			t.Errorf("%s: %+v", name, failed)
		}
	}
}
