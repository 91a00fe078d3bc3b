package operations

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

type helmOptions struct {
	ReleaseName          string          `json:"releaseName"`
	Namespace            string          `json:"namespace"`
	Parameters           []helmParameter `json:"parameters"`
	KubeVersion          string          `json:"kubeVersion"`
	APIVersions          []string        `json:"apiVersions"`
	IncludeCRDs          bool            `json:"includeCrds"`
	SkipTests            bool            `json:"skipTests"`
	SkipSchemaValidation bool            `json:"skipSchemaValidation"`
}

type helmAnswer struct {
	Documents []documents.Document `json:"documents"`
	Notes     string               `json:"notes"`
}

const notesFile = "NOTES.txt"

// renderHelm does what `helm template` does, in Helm's own order, without a cluster: the chart is the group "chart" or
// the archive in the group "archive", values files are the group "values", lowest precedence first. Objects come back
// by file, CRDs before them, hooks among them as they were written.
func renderHelm(request frames.Request, limits Limits) (any, error) {
	var wanted helmOptions
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	loaded, err := loadChart(request)
	if err != nil {
		return nil, placeHelm(err)
	}
	if err := checkRenderable(loaded, wanted); err != nil {
		return nil, err
	}
	values, err := mergeValues(request.Groups["values"], wanted.Parameters, request.Groups["parameters"], limits)
	if err != nil {
		return nil, err
	}
	files, err := renderTemplates(loaded, values, wanted)
	if err != nil {
		return nil, placeHelm(err)
	}
	answer := helmAnswer{Notes: files[path.Join(loaded.Name(), "templates", notesFile)]}
	reader := documents.Reader{Room: limits.Output - len(answer.Notes)}
	answer.Documents, err = readRendered(&reader, loaded, files, wanted)
	return answer, err
}

// checkRenderable refuses what Helm refuses before it renders.
func checkRenderable(loaded *chart.Chart, wanted helmOptions) error {
	if err := chartutil.ValidateReleaseName(wanted.ReleaseName); err != nil {
		return fmt.Errorf("release name %q: %w", wanted.ReleaseName, err)
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return fmt.Errorf("%s charts are not installable", kind)
	}
	var missing []string
	for _, dependency := range loaded.Metadata.Dependencies {
		isIt := func(present *chart.Chart) bool { return present.Name() == dependency.Name }
		if !slices.ContainsFunc(loaded.Dependencies(), isIt) {
			missing = append(missing, dependency.Name)
		}
	}
	if len(missing) > 0 {
		return &refusal.Failed{File: "Chart.yaml", Message: "an error occurred while checking for chart dependencies. " +
			"You may need to run 'helm dependency build' to fetch missing dependencies: " +
			"found in Chart.yaml, but missing in charts/ directory: " + strings.Join(missing, ", ")}
	}
	return nil
}

// renderTemplates returns what each template gave, by its path; the values are changed on the way.
func renderTemplates(loaded *chart.Chart, values map[string]any, wanted helmOptions) (map[string]string, error) {
	capabilities := common.DefaultCapabilities.Copy()
	if wanted.KubeVersion != "" {
		version, err := common.ParseKubeVersion(wanted.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", wanted.KubeVersion, err)
		}
		capabilities.KubeVersion = *version
	}
	capabilities.APIVersions = slices.Concat(capabilities.APIVersions, wanted.APIVersions)
	if err := chartutil.ProcessDependencies(loaded, values); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	named := common.ReleaseOptions{
		Name: wanted.ReleaseName, Namespace: wanted.Namespace, Revision: 1, IsInstall: true,
	}
	toRender, err := util.ToRenderValuesWithSchemaValidation(
		loaded, values, named, capabilities, wanted.SkipSchemaValidation)
	if err != nil {
		return nil, err
	}
	constraint, version := loaded.Metadata.KubeVersion, &capabilities.KubeVersion
	if constraint != "" && !chartutil.IsCompatibleRange(constraint, version.String()) {
		return nil, &refusal.Failed{File: "Chart.yaml", Message: fmt.Sprintf(
			"chart requires kubeVersion: %s which is incompatible with Kubernetes %s", constraint, version.Version)}
	}
	return engine.Engine{}.RenderWithContext(context.Background(), loaded, toRender)
}

// readRendered turns CRDs and rendered templates into objects, leaving out what Helm leaves out: notes, partials, and
// objects whose hook Helm does not know (or tests, where they are not wanted).
func readRendered(
	reader *documents.Reader, loaded *chart.Chart, files map[string]string, wanted helmOptions,
) ([]documents.Document, error) {
	found := []documents.Document{}
	if wanted.IncludeCRDs {
		for _, crd := range loaded.CRDObjects() {
			objects, err := reader.ReadTemplate(crd.Filename, string(crd.File.Data))
			if err != nil {
				return nil, yamlError(err)
			}
			found = append(found, objects...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, notesFile) || strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		objects, err := reader.ReadTemplate(name, files[name])
		if err != nil {
			return nil, yamlError(err)
		}
		for _, object := range objects {
			if keep, err := isKept(object, wanted); err != nil {
				return nil, err
			} else if keep {
				found = append(found, object)
			}
		}
	}
	return found, nil
}

var hookWord = []byte(release.HookAnnotation)

// isKept asks Helm itself what kind of hook an object is.
func isKept(object documents.Document, wanted helmOptions) (bool, error) {
	if !bytes.Contains(object.Manifest, hookWord) {
		return true, nil
	}
	hooks, others, err := releaseutil.SortManifests(
		map[string]string{object.File: string(object.Manifest)}, nil, releaseutil.InstallOrder)
	if err != nil {
		return false, &refusal.Failed{
			Message: err.Error(), File: object.File, Document: object.Number, Line: object.Line,
		}
	}
	if len(hooks) == 0 {
		return len(others) > 0, nil
	}
	return !wanted.SkipTests || !slices.Contains(hooks[0].Events, release.HookTest), nil
}

// yamlError puts in Helm's words that a template gave something that cannot be read.
func yamlError(err error) error {
	var failed *refusal.Failed
	if errors.As(err, &failed) {
		failed.Message = fmt.Sprintf("YAML parse error on %s: %s", failed.File, failed.Message)
	}
	return err
}

// templatePlace is how Helm's messages name a template: "chart/templates/web.yaml:3:5" at the start or in brackets.
var templatePlace = regexp.MustCompile(`(?:^|\()([^\s():]+):(\d+)(?::\d+)?(?:\)|\n|:|$)`)

// placeHelm finds the template, file and line in a message of Helm's.
func placeHelm(err error) error {
	switch err.(type) {
	case *refusal.Failed, *refusal.Limit:
		return err
	}
	failed := &refusal.Failed{Message: err.Error()}
	if match := templatePlace.FindStringSubmatch(failed.Message); match != nil {
		failed.File = match[1]
		failed.Line, _ = strconv.Atoi(match[2])
	}
	return failed
}
