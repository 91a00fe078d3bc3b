package operations

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/refusal"
)

// kustomizeEdit is what Argo CD has `kustomize edit` write into a kustomization before it builds it.
type kustomizeEdit struct {
	NamePrefix              string             `json:"namePrefix"`
	NameSuffix              string             `json:"nameSuffix"`
	Images                  []string           `json:"images"`
	CommonLabels            map[string]string  `json:"commonLabels"`
	CommonAnnotations       map[string]string  `json:"commonAnnotations"`
	ForceCommonLabels       bool               `json:"forceCommonLabels"`
	ForceCommonAnnotations  bool               `json:"forceCommonAnnotations"`
	LabelWithoutSelector    bool               `json:"labelWithoutSelector"`
	LabelIncludeTemplates   bool               `json:"labelIncludeTemplates"`
	Namespace               string             `json:"namespace"`
	Replicas                []kustomizeReplica `json:"replicas"`
	Patches                 []kustomizePatch   `json:"patches"`
	Components              []string           `json:"components"`
	IgnoreMissingComponents bool               `json:"ignoreMissingComponents"`
}

type kustomizeReplica struct {
	Name  string          `json:"name"`
	Count json.RawMessage `json:"count"`
}

type kustomizePatch struct {
	Path    string           `json:"path"`
	Patch   string           `json:"patch"`
	Target  *kustomizeTarget `json:"target"`
	Options map[string]bool  `json:"options"`
}

type kustomizeTarget struct {
	Group              string `json:"group"`
	Version            string `json:"version"`
	Kind               string `json:"kind"`
	Name               string `json:"name"`
	Namespace          string `json:"namespace"`
	LabelSelector      string `json:"labelSelector"`
	AnnotationSelector string `json:"annotationSelector"`
}

func (e kustomizeEdit) isEmpty() bool {
	return e.NamePrefix == "" && e.NameSuffix == "" && e.Namespace == "" && len(e.Images) == 0 &&
		len(e.CommonLabels) == 0 && len(e.CommonAnnotations) == 0 && len(e.Replicas) == 0 &&
		len(e.Patches) == 0 && len(e.Components) == 0
}

// apply writes the options into the kustomization of a directory, in the order in which Argo CD runs its commands.
func (e kustomizeEdit) apply(files filesys.FileSystem, directory string) error {
	name, content := findKustomization(files, directory)
	if name == "" {
		return fmt.Errorf("unable to find one of '%s' in directory '%s'",
			strings.Join(konfig.RecognizedKustomizationFileNames(), "', '"), directory)
	}
	file := strings.TrimPrefix(name, root)
	var edited types.Kustomization
	if err := edited.Unmarshal(content); err != nil {
		return &refusal.Failed{File: file, Message: fmt.Sprintf("%s: %s", file, err)}
	}
	edited.FixKustomization()
	for _, step := range []func(*types.Kustomization) error{
		e.setNames, e.setImages, e.setReplicas, e.addLabels, e.addAnnotations, e.addPatches,
		func(k *types.Kustomization) error { return e.addComponents(k, files, directory) },
	} {
		if err := step(&edited); err != nil {
			return &refusal.Failed{File: file, Message: fmt.Sprintf("%s: %s", file, err)}
		}
	}
	written, err := yaml.Marshal(edited)
	if err != nil {
		return err
	}
	return files.WriteFile(name, written)
}

func findKustomization(files filesys.FileSystem, directory string) (string, []byte) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if content, err := files.ReadFile(path.Join(directory, name)); err == nil {
			return path.Join(directory, name), content
		}
	}
	return "", nil
}

func (e kustomizeEdit) setNames(k *types.Kustomization) error {
	for _, field := range []struct {
		into  *string
		value string
	}{{&k.NamePrefix, e.NamePrefix}, {&k.NameSuffix, e.NameSuffix}, {&k.Namespace, e.Namespace}} {
		if field.value != "" {
			*field.into = field.value
		}
	}
	return nil
}

func (e kustomizeEdit) setReplicas(k *types.Kustomization) error {
	for _, replica := range e.Replicas {
		count, err := strconv.ParseInt(strings.Trim(string(replica.Count), `"`), 10, 64)
		if err != nil {
			return fmt.Errorf("replicas of %s: %s is not a whole number", replica.Name, replica.Count)
		}
		k.Replicas = slices.DeleteFunc(k.Replicas, func(old types.Replica) bool { return old.Name == replica.Name })
		k.Replicas = append(k.Replicas, types.Replica{Name: replica.Name, Count: count})
	}
	return nil
}

func (e kustomizeEdit) addLabels(k *types.Kustomization) error {
	if len(e.CommonLabels) == 0 {
		return nil
	}
	if !e.LabelWithoutSelector {
		return addPairs(&k.CommonLabels, e.CommonLabels, "label", e.ForceCommonLabels)
	}
	isIt := func(label types.Label) bool {
		return !label.IncludeSelectors && label.IncludeTemplates == e.LabelIncludeTemplates
	}
	found := slices.IndexFunc(k.Labels, isIt)
	if found < 0 {
		found = len(k.Labels)
		k.Labels = append(k.Labels, types.Label{IncludeTemplates: e.LabelIncludeTemplates})
	}
	return addPairs(&k.Labels[found].Pairs, e.CommonLabels, "label", e.ForceCommonLabels)
}

func (e kustomizeEdit) addAnnotations(k *types.Kustomization) error {
	return addPairs(&k.CommonAnnotations, e.CommonAnnotations, "annotation", e.ForceCommonAnnotations)
}

func addPairs(into *map[string]string, pairs map[string]string, noun string, force bool) error {
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		if _, present := (*into)[key]; present && !force {
			return fmt.Errorf("%s %s already in kustomization file: force it to override it", noun, key)
		}
		if *into == nil {
			*into = map[string]string{}
		}
		(*into)[key] = pairs[key]
	}
	return nil
}

func (e kustomizeEdit) addPatches(k *types.Kustomization) error {
	for _, patch := range e.Patches {
		added := types.Patch{Path: patch.Path, Patch: patch.Patch}
		if t := patch.Target; t != nil {
			added.Target = &types.Selector{
				ResId: resid.ResId{
					Gvk:  resid.Gvk{Group: t.Group, Version: t.Version, Kind: t.Kind},
					Name: t.Name, Namespace: t.Namespace,
				},
				LabelSelector: t.LabelSelector, AnnotationSelector: t.AnnotationSelector,
			}
		}
		if len(patch.Options) > 0 {
			added.Options = &types.PatchArgs{
				AllowNameChange: patch.Options["allowNameChange"], AllowKindChange: patch.Options["allowKindChange"],
			}
		}
		k.Patches = append(k.Patches, added)
	}
	return nil
}

func (e kustomizeEdit) addComponents(k *types.Kustomization, files filesys.FileSystem, directory string) error {
	for _, component := range e.Components {
		if e.IgnoreMissingComponents && len(meanings(component, true)) == 0 && !files.IsDir(path.Join(directory, component)) {
			continue
		}
		if !slices.Contains(k.Components, component) {
			k.Components = append(k.Components, component)
		}
	}
	return nil
}
