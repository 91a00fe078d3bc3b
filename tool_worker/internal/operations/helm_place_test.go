package operations

import (
	"errors"
	"strings"
	"testing"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

func TestMessagesOfHelmAreGivenTheirPlace(t *testing.T) {
	chart := file("Chart.yaml", chartYAML)
	for name, c := range map[string]struct {
		file  string
		line  int
		files []frames.File
	}{
		"a template":         {"web/templates/a.yaml", 2, []frames.File{chart, file("templates/a.yaml", "a: 1\nb: {{ fail `no` }}\n")}},
		"a helper":           {"web/templates/_h.tpl", 2, []frames.File{chart, file("templates/_h.tpl", "\n{{ if }}")}},
		"values":             {"values.yaml", 2, []frames.File{chart, file("values.yaml", "a: 1\nb: [\n")}},
		"a lock":             {"Chart.lock", 1, []frames.File{chart, file("Chart.lock", "a: [\n")}},
		"metadata":           {"Chart.yaml", 0, []frames.File{file("Chart.yaml", "apiVersion: v2\nname: web\n")}},
		"metadata, unread":   {"Chart.yaml", 0, []frames.File{file("Chart.yaml", "[]\n")}},
		"no metadata":        {"Chart.yaml", 0, []frames.File{file("values.yaml", "")}},
		"values below":       {"charts/b/values.yaml", 1, []frames.File{chart, file("charts/b/Chart.yaml", chartYAML), file("charts/b/values.yaml", "a: [\n")}},
		"metadata far below": {"charts/b/charts/c/Chart.yaml", 0, []frames.File{chart, file("charts/b/Chart.yaml", chartYAML), file("charts/b/charts/c/Chart.yaml", "name: c\n")}},
	} {
		_, err := run(t, "helm", map[string]any{"releaseName": "r", "namespace": "n"}, map[string][]frames.File{"chart": c.files})
		var failed *refusal.Failed
		if !errors.As(err, &failed) || failed.File != c.file || failed.Line != c.line {
			t.Errorf("%s: %v %+v", name, err, failed)
		}
	}
}

func TestAliasesOfAChartsOwnFilesAreCounted(t *testing.T) {
	bomb := "a0: &a0 " + strings.Repeat("x", roomy.Output/10) + "\nb: [" + strings.Repeat("*a0,", 20) + "]\n"
	for _, groups := range []map[string][]frames.File{
		{"chart": {file("Chart.yaml", chartYAML), file("charts/b/values.yaml", "%s", bomb)}},
		{"archive": {{Content: pack(t, "web", file("Chart.yaml", chartYAML), file("charts/b/values.yaml", "%s", bomb))}}},
	} {
		_, err := run(t, "helm", map[string]any{"releaseName": "r", "namespace": "n"}, groups)
		var failed *refusal.Failed
		if !errors.As(err, &failed) || failed.File != "charts/b/values.yaml" || !strings.Contains(failed.Message, "aliases expand") {
			t.Errorf("got %v", err)
		}
	}
}
