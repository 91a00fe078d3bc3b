package operations

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// loadChart reads the chart of a request.
func loadChart(request frames.Request, limits Limits) (*chart.Chart, error) {
	files, err := chartFiles(request, limits)
	if err != nil {
		return nil, err
	}
	return loadFiles(files)
}

// readWhenLoaded are the files that Helm's loader reads as YAML; others are read by us, or as they are.
var readWhenLoaded = []string{"Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock", "values.yaml"}

// chartFiles are those of the archive of a request, or of its group "chart".
func chartFiles(request frames.Request, limits Limits) (files []*archive.BufferedFile, err error) {
	if packed := request.Groups["archive"]; len(packed) == 1 {
		files, err = unpack(packed[0].Content)
	} else {
		files, err = withoutIgnored(request.Groups["chart"])
	}
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if slices.Contains(readWhenLoaded, path.Base(file.Name)) {
			if err := documents.CheckAliases(file.Name, file.Data, limits.Output); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func unpack(packed []byte) ([]*archive.BufferedFile, error) {
	files, err := archive.LoadArchiveFiles(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("cannot load the chart's archive: %w", err)
	}
	return files, nil
}

// withoutIgnored obeys `.helmignore`, which counts for files only and not for archives, as with Helm.
func withoutIgnored(given []frames.File) ([]*archive.BufferedFile, error) {
	rules, err := ignoreRules(given)
	if err != nil {
		return nil, err
	}
	files := make([]*archive.BufferedFile, 0, len(given))
	for _, file := range given {
		if !isIgnored(rules, file.Path) {
			data := bytes.TrimPrefix(file.Content, []byte("\xef\xbb\xbf"))
			files = append(files, &archive.BufferedFile{Name: file.Path, Data: data})
		}
	}
	return files, nil
}

func loadFiles(files []*archive.BufferedFile) (*chart.Chart, error) {
	loaded, err := loader.LoadFiles(files)
	if err != nil {
		return nil, err
	}
	if version := loaded.Metadata.APIVersion; version != chart.APIVersionV1 && version != chart.APIVersionV2 {
		return nil, &refusal.Failed{File: "Chart.yaml", Message: fmt.Sprintf(
			"invalid chart apiVersion %q: charts of v1 and v2 are supported", version)}
	}
	sortDependencies(loaded)
	return loaded, nil
}

// valuesText is the chart's values.yaml as it was written.
func valuesText(loaded *chart.Chart) []byte {
	for _, file := range loaded.Raw {
		if file.Name == "values.yaml" {
			return file.Data
		}
	}
	return nil
}

// sortDependencies makes an order of what Helm reads in any order: of two of one name, the same one wins each time.
func sortDependencies(loaded *chart.Chart) {
	sorted := slices.SortedFunc(slices.Values(loaded.Dependencies()), func(a, b *chart.Chart) int {
		return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a.Metadata.Version, b.Metadata.Version))
	})
	loaded.SetDependencies(sorted...)
	for _, below := range sorted {
		sortDependencies(below)
	}
}

func ignoreRules(files []frames.File) (*ignore.Rules, error) {
	rules := ignore.Empty()
	for _, file := range files {
		if file.Path == ignore.HelmIgnore {
			parsed, err := ignore.Parse(bytes.NewReader(file.Content))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file.Path, err)
			}
			rules = parsed
		}
	}
	rules.AddDefaults()
	return rules, nil
}

// isIgnored asks for each folder on the way down, and then for the file, as Helm does when it walks a chart.
func isIgnored(rules *ignore.Rules, name string) bool {
	for end, c := range name {
		if c == '/' && rules.Ignore(name[:end], entry{name: name[:end], folder: true}) {
			return true
		}
	}
	return rules.Ignore(name, entry{name: name})
}

// entry is the little that the rules want to know of a file or folder.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string       { return path.Base(e.name) }
func (e entry) Size() int64        { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.folder }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}

// escapeCommas makes a parameter's value one value: Argo CD escapes each comma that is not escaped, unless the whole
// value is in braces, which is Helm's notation of a list.
func escapeCommas(value string) string {
	if strings.HasPrefix(value, "{") && strings.HasSuffix(value, "}") {
		return value
	}
	var escaped strings.Builder
	for i := range len(value) {
		if value[i] == ',' && (i == 0 || value[i-1] != '\\') {
			escaped.WriteByte('\\')
		}
		escaped.WriteByte(value[i])
	}
	return escaped.String()
}
