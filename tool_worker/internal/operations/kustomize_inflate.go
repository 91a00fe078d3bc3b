package operations

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	texttemplate "text/template"

	"github.com/Masterminds/sprig/v3"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// releaseName is the one given, or made by a template. Helm makes one of the time where there is neither, which would
// give another name each time: here it is the chart's name.
func releaseName(one inflation) (string, error) {
	if one.NameTemplate == "" {
		return firstOf(one.ReleaseName, one.Name), nil
	}
	if one.ReleaseName != "" {
		return "", errors.New("cannot set --name-template and also specify a name")
	}
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	parsed, err := texttemplate.New("name-template").Funcs(functions).Parse(one.NameTemplate)
	if err != nil {
		return "", err
	}
	var name strings.Builder
	if err := parsed.Execute(&name, nil); err != nil {
		return "", err
	}
	return name.String(), nil
}

// inflationValues are the values files that Kustomize would hand to Helm.
func (p *preparation) inflationValues(at place, one inflation, loaded *chart.Chart) ([]frames.File, error) {
	base := frames.File{Path: path.Join(one.Name, "values.yaml")}
	if one.ValuesFile != "" {
		content, err := p.read(at, one.ValuesFile)
		if err != nil {
			return nil, err
		}
		base = frames.File{Path: one.ValuesFile, Content: content}
	} else {
		base.Content = valuesText(loaded)
	}
	if len(one.ValuesInline) > 0 {
		merged, err := mergeInline(base.Content, one)
		if err != nil {
			return nil, err
		}
		base = frames.File{Path: "valuesInline", Content: merged}
	}
	values := []frames.File{base}
	for _, name := range one.AdditionalValuesFiles {
		content, err := p.read(at, name)
		if err != nil {
			return nil, fmt.Errorf("could not load additionalValuesFile: %w", err)
		}
		values = append(values, frames.File{Path: name, Content: content})
	}
	return values, nil
}

// read returns a file of a kustomization's own, which lies beside or below it.
func (p *preparation) read(at place, name string) ([]byte, error) {
	full := path.Join(at.directory, name)
	if p.flags.isRestricted() && !isWithin(full, at.directory) {
		return nil, fmt.Errorf("security; file '%s' is not in or below '%s'", full, at.directory)
	}
	return p.files.ReadFile(full)
}

// mergeInline is Kustomize's valuesMerge: "override" (the default) lets the inline values win, "merge" those of the
// file, and "replace" drops those of the file.
func mergeInline(file []byte, one inflation) ([]byte, error) {
	switch one.ValuesMerge {
	case "replace":
		return yaml.Marshal(one.ValuesInline)
	case "", "override", "merge":
	default:
		return nil, errors.New("valuesMerge must be one of [merge override replace]")
	}
	below, err := kyaml.Parse(string(file))
	if err != nil {
		return nil, fmt.Errorf("could not parse values file into rnode: %w", err)
	}
	inline, err := kyaml.FromMap(one.ValuesInline)
	if err != nil {
		return nil, fmt.Errorf("could not parse values inline into rnode: %w", err)
	}
	if one.ValuesMerge == "merge" {
		inline, below = below, inline
	}
	merged, err := merge2.Merge(inline, below, kyaml.MergeOptions{})
	if err != nil {
		return nil, fmt.Errorf("could not merge values: %w", err)
	}
	values, err := merged.Map()
	if err != nil {
		return nil, fmt.Errorf("could not parse merged values into map: %w", err)
	}
	return yaml.Marshal(values)
}

// renderInflation returns the resources of a chart as the text of a file, in Helm's order, marked as Kustomize marks
// them: their namespace is Helm's business, not the kustomization's.
func (p *preparation) renderInflation(chart template, skipHooks bool) ([]byte, error) {
	rendered, missing, err := chart.run()
	if err != nil {
		return nil, err
	}
	if missing != nil {
		return nil, &refusal.Failed{Message: "found in Chart.yaml, but missing in charts/ directory: " + missing.names()}
	}
	p.note(rendered.asked)
	p.random = p.random || rendered.random
	text, err := rendered.text(chart.wanted, skipHooks)
	if err != nil {
		return nil, placeHelm(err)
	}
	resources, err := resmap.NewFactory(provider.NewDepProvider().GetResourceFactory()).NewResMapFromBytes(text)
	if err != nil || resources.Size() == 0 {
		return nil, err
	}
	var marked bytes.Buffer
	for _, resource := range resources.Resources() {
		if err := resource.PipeE(kyaml.SetAnnotation(konfig.HelmGeneratedAnnotation, "true")); err != nil {
			return nil, err
		}
		written, err := resource.RNode.String() // as it was written: other ways lose how scalars are spelled
		if err != nil {
			return nil, err
		}
		marked.WriteString("---\n" + written)
	}
	return marked.Bytes(), nil
}

func (p *preparation) note(asked []string) {
	if asked == nil {
		p.asked = nil
	}
	for _, version := range asked {
		if p.asked != nil {
			p.asked[version] = struct{}{}
		}
	}
}

// text is what `helm template` prints.
func (r renderedChart) text(wanted helmOptions, skipHooks bool) ([]byte, error) {
	var out bytes.Buffer
	add := func(source, text string) { fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", source, text) }
	if wanted.IncludeCRDs {
		for _, crd := range r.chart.CRDObjects() {
			add(crd.Filename, string(crd.File.Data))
		}
	}
	files := map[string]string{}
	for name, content := range r.files {
		if !strings.HasSuffix(name, notesFile) {
			files[name] = content
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	for _, manifest := range manifests {
		add(manifest.Name, manifest.Content)
	}
	for _, hook := range hooks {
		if !skipHooks && !(wanted.SkipTests && slices.Contains(hook.Events, release.HookTest)) {
			add(hook.Path, hook.Manifest)
		}
	}
	return out.Bytes(), nil
}
