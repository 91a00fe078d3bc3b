package operations

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"slices"
	"testing"

	"argosy/tool_worker/internal/frames"
)

// pack makes an archive as `helm package` does.
func pack(t *testing.T, folder string, files ...frames.File) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, file := range files {
		header := &tar.Header{Name: folder + "/" + file.Path, Size: int64(len(file.Content)), Mode: 0o644}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write(file.Content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestLintSaysWhatHelmsLintSays(t *testing.T) {
	good := []frames.File{file("Chart.yaml", chartYAML), file("values.yaml", "a: 1\n"), file("templates/a.yaml", aMap, "a")}
	for name, c := range map[string]struct {
		files []frames.File
		want  []lintMessage
	}{
		"nothing": {good, nil},
		"a bare chart": {
			[]frames.File{file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")},
			[]lintMessage{
				{isInfo, "Chart.yaml", "icon is recommended"}, {isInfo, "values.yaml", "file does not exist"},
				{isWarning, "templates/", "directory does not exist"},
			},
		},
		"a template that is no YAML": {
			append(slices.Clone(good), file("templates/b.yaml", "a: [\n")),
			[]lintMessage{{isError, "templates/b.yaml", "unable to parse YAML: error converting YAML to JSON: " +
				"yaml: line 1: did not find expected node content"}},
		},
		"odd objects": {
			append(slices.Clone(good), file("templates/b.yaml", "\n apiVersion: extensions/v1beta1\n kind: Deployment\n"+
				" metadata: {name: A_b}\n"), file("templates/c.json", "{}")),
			[]lintMessage{
				{isWarning, "templates/b.yaml", `document starts with an illegal indent: " apiVersion: extensions/v1beta1", ` +
					"which may cause parsing problems"},
				{isWarning, "templates/b.yaml", `object name does not conform to Kubernetes naming requirements: "A_b": ` +
					`metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case ` +
					"alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. " +
					"'example.com', regex used for validation is " +
					`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`},
				{isWarning, "templates/b.yaml", "extensions/v1beta1 Deployment is deprecated in v1.8+, " +
					"unavailable in v1.16+; use apps/v1 Deployment"},
				{isError, "templates/b.yaml", `a Deployment must contain matchLabels or matchExpressions, and "A_b" does not`},
				{isError, "templates/c.json", "file extension '.json' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"},
			},
		},
		"dependencies": {
			append(slices.Clone(good)[1:], file("Chart.yaml", chartYAML+"dependencies: [{name: a, version: 1.0.0}, {name: a, version: 1.0.0, alias: c}]\n"),
				file("charts/b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 1.0.0\n")),
			[]lintMessage{
				{isError, "", "chart metadata is missing these dependencies: b"},
				{isWarning, "", "chart directory is missing these dependencies: a,a"},
			},
		},
		"crds": {
			append(slices.Clone(good), file("crds/a.yaml", aMap, "a")),
			[]lintMessage{
				{isError, "crds/a.yaml", "apiVersion is not in 'apiextensions.k8s.io'"},
				{isError, "crds/a.yaml", "object kind is not 'CustomResourceDefinition'"},
			},
		},
		"a schema": {
			append(slices.Clone(good), file("values.schema.json", `{"properties": {"a": {"type": "string"}}}`)),
			[]lintMessage{
				{isError, "values.yaml", "- at '/a': got number, want string"},
				{isError, "templates/", "values don't meet the specifications of the schema(s) in the following chart(s):\n" +
					"web:\n- at '/a': got number, want string"},
			},
		},
		"Chart.yaml": {
			append(slices.Clone(good)[1:], file("Chart.yaml", "apiVersion: v3\nname: a/b\nversion: 1\nappVersion: 1.0\ntype: x\n"+
				"icon: none\nsources: [here]\nmaintainers: [{name: a, email: b}]\nfrobnicate: 1\n")),
			[]lintMessage{
				{isWarning, "Chart.yaml", "failed to strictly parse chart metadata file\n\t" +
					`error unmarshaling JSON: while decoding JSON: json: unknown field "frobnicate"`},
				{isError, "Chart.yaml", `chart name "a/b" is invalid`},
				{isError, "Chart.yaml", `apiVersion 'v3' is not valid. The value must be either "v1" or "v2"`},
				{isError, "Chart.yaml", "version should be of type string but it's of type float64"},
				{isError, "Chart.yaml", "appVersion should be of type string but it's of type float64"},
				{isError, "Chart.yaml", "invalid email 'b' for maintainer 'a'"},
				{isError, "Chart.yaml", "invalid source URL 'here'"},
				{isError, "Chart.yaml", "invalid icon URL 'none'"},
				{isError, "Chart.yaml", "chart type is not valid in apiVersion 'v3'. It is valid in apiVersion 'v2'"},
				{isWarning, "Chart.yaml", "version '1' is not a valid SemVerV2"},
				{isError, "templates/", `validation: chart.metadata.name "a/b" is invalid`},
				{isError, "", "unable to load chart\n\tvalidation: chart.metadata.name \"a/b\" is invalid"},
			},
		},
	} {
		for _, groups := range []map[string][]frames.File{
			{"chart": c.files}, {"archive": {{Path: "web.tgz", Content: pack(t, "web", c.files...)}}},
		} {
			got := ask[[]lintMessage](t, "lint", map[string]any{"namespace": "n", "kubeVersion": "1.30"}, groups)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: got", name)
				for _, message := range got {
					t.Errorf("%q %q %q", message.Severity, message.Path, message.Message)
				}
			}
		}
	}
}

func TestLintRefusesWhatIsNoChart(t *testing.T) {
	if got, err := run(t, "lint", map[string]any{}, map[string][]frames.File{"chart": {file("a", "b")}}); err == nil {
		t.Errorf("got %s", got)
	}
}

func TestDeprecationsFollowTheVersionAtHand(t *testing.T) {
	files := []frames.File{
		file("Chart.yaml", chartYAML), file("values.yaml", ""),
		file("templates/a.yaml", "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"),
	}
	for version, want := range map[string]int{"1.20": 0, "1.21": 1, "1.37": 1} {
		got := ask[[]lintMessage](t, "lint", map[string]any{"kubeVersion": version}, map[string][]frames.File{"chart": files})
		if len(got) != want {
			t.Errorf("%s: got %v", version, got)
		}
	}
}
