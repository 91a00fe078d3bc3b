package operations

import (
	"strings"
	"testing"

	"argosy/tool_worker/internal/frames"
)

func TestASchemaOfOneBuildIsForgottenInTheNext(t *testing.T) {
	const schema = `{"definitions": {"v1.Fleet": {
		"properties": {"spec": {"properties": {"ships": {"type": "array", "items": {"properties": {"name": {"type": "string"}}},
			"x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge"}}}},
		"x-kubernetes-group-version-kind": [{"group": "example.com", "kind": "Fleet", "version": "v1"}]}}}`
	const fleet = "apiVersion: example.com/v1\nkind: Fleet\nmetadata: {name: f}\nspec: {ships: [{name: %s}]}\n"
	files := []frames.File{
		file("app/f.yaml", fleet, "one"), file("app/p.yaml", fleet, "two"), {Path: "app/s.json", Content: []byte(schema)},
	}
	const plain = "resources: [f.yaml]\npatches: [{path: p.yaml}]\n"
	for _, c := range []struct{ kustomization, want string }{
		{plain, `[{"name":"two"}]`},
		{plain + "openapi: {path: s.json}\n", `[{"name":"two"},{"name":"one"}]`},
		{plain, `[{"name":"two"}]`},
		{plain + "openapi: {version: v1.21.2}\n", `[{"name":"two"}]`},
		{plain, `[{"name":"two"}]`},
	} {
		got, err := build(t, nil, nil, append(files, file("app/kustomization.yaml", "%s", c.kustomization))...)
		if err != nil || !strings.Contains(string(got.Documents[0].Manifest), c.want) {
			t.Errorf("%q: got %+v %v, want %s", c.kustomization, got, err, c.want)
		}
	}
}

func TestABuildWithASchemaOfItsOwnHasNoOther(t *testing.T) {
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n" +
		"spec: {template: {spec: {containers: [{name: %s}]}}}\n"
	const plain = "resources: [d.yaml]\npatches: [{path: p.yaml}]\n"
	for _, c := range []struct{ kustomization, want string }{
		{plain, `[{"name":"b"},{"name":"a"}]`}, {plain + "openapi: {path: s.json}\n", `[{"name":"b"}]`},
	} {
		got, err := build(t, nil, nil, file("app/kustomization.yaml", "%s", c.kustomization), file("app/d.yaml", deployment, "a"),
			file("app/p.yaml", deployment, "b"), file("app/s.json", `{"definitions": {}}`))
		if err != nil || !strings.Contains(string(got.Documents[0].Manifest), c.want) {
			t.Errorf("%q: got %+v %v, want %s", c.kustomization, got, err, c.want)
		}
	}
}
