package operations

import (
	"fmt"
	"path"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
)

type helmOptions struct {
	ReleaseName          string          `json:"releaseName"`
	Namespace            string          `json:"namespace"`
	Parameters           []helmParameter `json:"parameters"`
	KubeVersion          string          `json:"kubeVersion"`
	APIVersions          []string        `json:"-"` // the group "apiVersions"
	IncludeCRDs          bool            `json:"includeCrds"`
	SkipTests            bool            `json:"skipTests"`
	SkipSchemaValidation bool            `json:"skipSchemaValidation"`
}

// helmAnswer has a null for Asked where the templates wanted the whole list of API versions.
type helmAnswer struct {
	Kind      string               `json:"kind"`
	Documents []documents.Document `json:"documents"`
	Notes     string               `json:"notes"`
	Asked     []string             `json:"asked"`
	Random    bool                 `json:"random"`
}

const notesFile = "NOTES.txt"

// renderHelm does what `helm template` does, in Helm's own order, without a cluster: the chart is the group "chart" or
// the archive in the group "archive", values files are the group "values", lowest precedence first. Objects come back
// by file, CRDs before them, hooks among them as they were written. Charts that are declared and not there are answered
// by their names.
func renderHelm(request frames.Request, limits Limits) (any, error) {
	var wanted helmOptions
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	wanted.APIVersions = apiVersions(request)
	rendered, missing, err := template{
		wanted: wanted,
		load:   func() (*chart.Chart, error) { return loadChart(request, limits) },
		values: func() (map[string]any, error) {
			return mergeValues(request.Groups["values"], wanted.Parameters, request.Groups["parameters"], limits)
		},
	}.run()
	if missing != nil || err != nil {
		return missing, err
	}
	notes := rendered.files[path.Join(rendered.chart.Name(), "templates", notesFile)]
	reader := documents.Reader{Room: limits.Output - len(notes)}
	found, err := readRendered(&reader, rendered.chart, rendered.files, wanted)
	return helmAnswer{Kind: "rendered", Documents: found, Notes: notes, Asked: rendered.asked, Random: rendered.random}, err
}

// template is a chart to be rendered. Rendering changes the chart and the values, so both are made as often as needed.
type template struct {
	wanted helmOptions
	load   func() (*chart.Chart, error)
	values func() (map[string]any, error)
}

// renderedChart is what a chart's templates gave, by their paths, the API versions that they asked for, nil for all, and
// whether something in it is by chance.
type renderedChart struct {
	chart  *chart.Chart
	files  map[string]string
	asked  []string
	random bool
}

// run renders, or tells which dependencies are missing.
func (t template) run() (*renderedChart, *missingDependencies, error) {
	if err := chartutil.ValidateReleaseName(t.wanted.ReleaseName); err != nil {
		return nil, nil, fmt.Errorf("release name %q: %w", t.wanted.ReleaseName, err)
	}
	loaded, err := t.load()
	if err != nil {
		return nil, nil, placeHelm(err)
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return nil, nil, fmt.Errorf("%s charts are not installable", kind)
	}
	if missing, err := findMissing(loaded); missing != nil || err != nil {
		return nil, missing, err
	}
	rendered, err := t.execute(loaded)
	if err != nil {
		return nil, nil, placeHelm(err)
	}
	return rendered, nil, nil
}
