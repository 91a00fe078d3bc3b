package operations

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// chartReference names a packed chart of a repository.
type chartReference struct {
	Repository string `json:"repository"`
	Name       string `json:"name"`
	Version    string `json:"version"`
}

type wantedChart struct {
	chartReference
	Folder string `json:"folder"`
	File   string `json:"file"`
}

// inflation is an entry of `helmCharts`, or a generator of the kind HelmChartInflationGenerator.
type inflation struct {
	types.HelmGlobals
	types.HelmChart
}

// askedFor are the API versions that the charts asked for, or nil for all.
func (p *preparation) askedFor() []string {
	if p.asked == nil {
		return nil
	}
	return append([]string{}, slices.Sorted(maps.Keys(p.asked))...)
}

// inflate renders the charts of a kustomization by the worker's own Helm, and makes what they gave resources of it, after
// the others. Kustomize itself would start a program. It returns whether the kustomization was changed.
func (p *preparation) inflate(at place, file string, kustomization *types.Kustomization) (bool, error) {
	shown := strings.TrimPrefix(file, root)
	var wanted []inflation
	for _, entry := range kustomization.HelmCharts {
		one := inflation{HelmChart: entry}
		if kustomization.HelmGlobals != nil {
			one.HelmGlobals = *kustomization.HelmGlobals
		}
		if one.Namespace == "" {
			one.Namespace = kustomization.Namespace
		}
		if one.Namespace == "" {
			p.inherited[at.directory] = at.namespace
			one.Namespace = at.namespace
		}
		wanted = append(wanted, one)
	}
	generators, more, err := p.takeGenerators(at, kustomization.Generators)
	if err != nil {
		return false, err
	}
	wanted = append(wanted, more...)
	if len(wanted) == 0 {
		return false, nil
	}
	if !p.flags.enableHelm {
		return false, &refusal.Failed{File: shown, Message: shown +
			" inflates Helm charts: must specify --enable-helm in kustomize.buildOptions"}
	}
	for _, one := range wanted {
		resource, err := p.inflateOne(at, shown, one)
		if err != nil {
			return false, err
		}
		kustomization.Resources = append(kustomization.Resources, resource...)
	}
	kustomization.HelmCharts, kustomization.HelmGlobals, kustomization.Generators = nil, nil, generators
	return true, nil
}

// takeGenerators sorts out the generators that inflate charts, in files of their own or inline.
func (p *preparation) takeGenerators(at place, generators []string) (others []string, found []inflation, err error) {
	for _, generator := range generators {
		text := []byte(generator)
		if !strings.Contains(generator, "\n") {
			if text, err = p.files.ReadFile(path.Join(at.directory, generator)); err != nil {
				others = append(others, generator) // for Kustomize to complain of
				continue
			}
		}
		var head types.TypeMeta
		if yaml.Unmarshal(text, &head) != nil || head.Kind != "HelmChartInflationGenerator" {
			others = append(others, generator)
			continue
		}
		var one inflation
		if err := yaml.Unmarshal(text, &one); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", generator, err)
		}
		found = append(found, one)
	}
	return others, found, nil
}

// inflateOne returns the file that holds what a chart gave; none if it gave nothing, or is not there yet.
func (p *preparation) inflateOne(at place, file string, one inflation) ([]string, error) {
	refuse := func(err error) error {
		return &refusal.Failed{File: file, Message: fmt.Sprintf("%s: helmCharts: %s: %s", file, one.Name, err)}
	}
	if one.Name == "" {
		return nil, refuse(fmt.Errorf("chart name cannot be empty"))
	}
	load, err := p.findChart(at, file, one)
	if err != nil {
		return nil, refuse(err)
	}
	if !p.needs.isEmpty() { // it or its values may be among what is still to come
		return nil, nil
	}
	loaded, err := load()
	if err != nil {
		return nil, refuse(err)
	}
	values, err := p.inflationValues(at, one, loaded)
	if err != nil {
		return nil, refuse(err)
	}
	name, err := releaseName(one)
	if err != nil {
		return nil, refuse(err)
	}
	text, err := p.renderInflation(template{
		wanted: helmOptions{
			ReleaseName: name, Namespace: firstOf(one.Namespace, "default"), IncludeCRDs: one.IncludeCRDs,
			SkipTests: one.SkipTests, KubeVersion: firstOf(one.KubeVersion, p.flags.kubeVersion, p.wanted.KubeVersion),
			APIVersions: p.apiVersions(one),
		},
		load:   load,
		values: func() (map[string]any, error) { return mergeValues(values, nil, nil, p.limits) },
	}, one.SkipHooks)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	resource := p.freeName(at.directory, "helm-chart-"+one.Name+".yaml")
	return []string{resource}, p.files.WriteFile(path.Join(at.directory, resource), text)
}

func (p *preparation) apiVersions(one inflation) []string {
	switch {
	case len(one.ApiVersions) > 0:
		return one.ApiVersions
	case len(p.flags.apiVersions) > 0:
		return p.flags.apiVersions
	default:
		return p.wanted.APIVersions
	}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// findChart returns how to load a chart, from its folder or as it was handed in; nil where it is still to come.
func (p *preparation) findChart(at place, file string, one inflation) (func() (*chart.Chart, error), error) {
	home := path.Join(strings.TrimPrefix(at.directory, root), firstOf(one.ChartHome, types.HelmDefaultHome))
	if one.Version != "" && one.Repo != "" {
		home = path.Join(home, one.Name+"-"+one.Version)
	}
	folder := path.Join(home, one.Name)
	if path.IsAbs(one.ChartHome) || folder == ".." || strings.HasPrefix(folder, "../") || !isWithin(folder, home) {
		return nil, fmt.Errorf("security; its chart home or name leads elsewhere: %s", folder)
	}
	if err := p.checkInside(at, slot{text: relative(at.directory, folder)}); err != nil {
		return nil, err
	}
	if p.files.IsDir(path.Join(root, folder)) {
		given, err := p.filesBelow(path.Join(root, folder))
		if err != nil {
			return nil, err
		}
		return func() (*chart.Chart, error) {
			return loadChart(frames.Request{Groups: map[string][]frames.File{"chart": given}}, p.limits)
		}, nil
	}
	reference := chartReference{Repository: one.Repo, Name: one.Name, Version: one.Version}
	if packed, given := p.charts[reference]; given {
		archive := []frames.File{{Path: one.Name + ".tgz", Content: packed}}
		return func() (*chart.Chart, error) {
			return loadChart(frames.Request{Groups: map[string][]frames.File{"archive": archive}}, p.limits)
		}, nil
	}
	wanted := wantedChart{reference, folder, file}
	if !slices.Contains(p.needs.Charts, wanted) {
		p.needs.Charts = append(p.needs.Charts, wanted)
	}
	return nil, nil
}

func (p *preparation) filesBelow(directory string) ([]frames.File, error) {
	var found []frames.File
	err := p.files.Walk(directory, func(name string, entry fs.FileInfo, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := p.files.ReadFile(name)
		found = append(found, frames.File{Path: strings.TrimPrefix(name, directory+"/"), Content: content})
		return err
	})
	return found, err
}
