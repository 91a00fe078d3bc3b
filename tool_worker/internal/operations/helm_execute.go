package operations

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"

	"argosy/tool_worker/internal/refusal"
)

// execute executes the templates. Where they want more of the API versions than to ask for single ones, or fail, they
// are executed once more, with the list as Helm has it.
func (t template) execute(loaded *chart.Chart) (*renderedChart, error) {
	asked, random := &askedVersions{}, &chance{}
	if files, err := t.executeOnce(loaded, asked, random); err == nil && !asked.all {
		return &renderedChart{chart: loaded, files: files, asked: asked.names(), random: random.taken}, nil
	}
	loaded, err := t.load()
	if err != nil {
		return nil, err
	}
	files, err := t.executeOnce(loaded, nil, random)
	return &renderedChart{chart: loaded, files: files, random: random.taken}, err
}

// executeOnce is what Helm's install action does before it talks to a cluster. With `asked`, templates are shown a
// list of API versions that takes notes.
func (t template) executeOnce(
	loaded *chart.Chart, asked *askedVersions, random *chance,
) (map[string]string, error) {
	values, err := t.values()
	if err != nil {
		return nil, err
	}
	capabilities, err := t.wanted.capabilities()
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(loaded, values); err != nil {
		return nil, fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	named := common.ReleaseOptions{
		Name: t.wanted.ReleaseName, Namespace: t.wanted.Namespace, Revision: 1, IsInstall: true,
	}
	shown, err := util.ToRenderValuesWithSchemaValidation(loaded, values, named, capabilities, true)
	if err != nil {
		return nil, err
	}
	if !t.wanted.SkipSchemaValidation {
		if err := checkSchemas(loaded, shown["Values"].(common.Values)); err != nil {
			return nil, err
		}
	}
	constraint, version := loaded.Metadata.KubeVersion, &capabilities.KubeVersion
	if constraint != "" && !chartutil.IsCompatibleRange(constraint, version.String()) {
		return nil, &refusal.Failed{File: "Chart.yaml", Message: fmt.Sprintf(
			"chart requires kubeVersion: %s which is incompatible with Kubernetes %s", constraint, version.Version)}
	}
	templates := engine.Engine{CustomTemplateFuncs: random.functions()}
	if asked != nil {
		shown["Capabilities"] = asked.noting(capabilities)
		maps.Copy(templates.CustomTemplateFuncs, asked.functions())
	}
	return templates.RenderWithContext(context.Background(), loaded, shown)
}

func (o helmOptions) capabilities() (*common.Capabilities, error) {
	capabilities := common.DefaultCapabilities.Copy()
	if o.KubeVersion != "" {
		version, err := common.ParseKubeVersion(o.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", o.KubeVersion, err)
		}
		capabilities.KubeVersion = *version
	}
	capabilities.APIVersions = slices.Concat(capabilities.APIVersions, o.APIVersions)
	return capabilities, nil
}
