package operations

import (
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// slot is a place in a kustomization that refers to something.
type slot struct {
	text   string
	isTree bool // a folder or repository will do, else only a file
	set    func(text string)
}

// slots are the fields by which a fixed kustomization refers to files, folders and other hosts. Texts that are inline
// YAML are among them: those look like no file.
func slots(k *types.Kustomization) []slot {
	var found []slot
	for _, list := range [][]string{
		k.Resources, k.Components, k.Generators, k.Transformers, k.Validators,
	} {
		for i := range list {
			found = append(found, slot{list[i], true, func(text string) { list[i] = text }})
		}
	}
	file := func(into *string) {
		if *into != "" {
			found = append(found, slot{*into, false, func(text string) { *into = text }})
		}
	}
	for _, list := range [][]string{k.Crds, k.Configurations} {
		for i := range list {
			file(&list[i])
		}
	}
	for _, patches := range [][]types.Patch{k.Patches, k.PatchesJson6902} {
		for i := range patches {
			file(&patches[i].Path)
		}
	}
	for i := range k.PatchesStrategicMerge {
		file((*string)(&k.PatchesStrategicMerge[i]))
	}
	for i := range k.Replacements {
		file(&k.Replacements[i].Path)
	}
	for i := range k.HelmCharts {
		file(&k.HelmCharts[i].ValuesFile)
		for j := range k.HelmCharts[i].AdditionalValuesFiles {
			file(&k.HelmCharts[i].AdditionalValuesFiles[j])
		}
	}
	if where := k.OpenAPI["path"]; where != "" {
		found = append(found, slot{where, false, func(text string) { k.OpenAPI["path"] = text }})
	}
	return append(found, sources(k)...)
}

// sources are the files of generators: a path (of which the last part is the key), "key=path", or files of variables.
func sources(k *types.Kustomization) []slot {
	var found []slot
	add := func(pairs types.KvPairSources) {
		for i, source := range pairs.FileSources {
			key, where, keyed := strings.Cut(source, "=")
			if !keyed {
				key, where = path.Base(source), source
			}
			found = append(found, slot{where, false, func(text string) { pairs.FileSources[i] = key + "=" + text }})
		}
		for i, source := range pairs.EnvSources {
			found = append(found, slot{source, false, func(text string) { pairs.EnvSources[i] = text }})
		}
	}
	for _, generator := range k.ConfigMapGenerator {
		add(generator.KvPairSources)
	}
	for _, generator := range k.SecretGenerator {
		add(generator.KvPairSources)
	}
	return found
}
