package operations

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"argosy/tool_worker/internal/refusal"
)

// survey walks the kustomizations that a build will reach and refuses what a worker must not or cannot do, in words:
// Kustomize itself would try the network and fail with a system error.
type survey struct {
	files filesys.FileSystem
	seen  map[string]bool
}

// visit looks at one directory and all that it refers to. What cannot be read is left for Kustomize to complain of.
func (s *survey) visit(directory string) error {
	if s.seen[directory] {
		return nil
	}
	s.seen[directory] = true
	name, content := findKustomization(s.files, directory)
	var kustomization types.Kustomization
	if name == "" || kustomization.Unmarshal(content) != nil {
		return nil
	}
	file := strings.TrimPrefix(name, root)
	if len(kustomization.HelmCharts) > 0 || len(kustomization.HelmChartInflationGenerator) > 0 {
		return &refusal.Failed{File: file, Message: file + ": helmCharts are not supported yet: " +
			"make the chart a source of its own"}
	}
	for _, reference := range references(&kustomization) {
		if isRemote(reference) && !s.files.Exists(path.Join(directory, reference)) {
			return &refusal.Failed{File: file, Message: fmt.Sprintf(
				"%s refers to %q on another host: nothing is fetched while rendering; "+
					"copy it into the repository", file, reference)}
		}
		if below := path.Join(directory, reference); s.files.IsDir(below) {
			if err := s.visit(below); err != nil {
				return err
			}
		}
	}
	return nil
}

// references are the fields that may name another host.
func references(kustomization *types.Kustomization) []string {
	var all []string
	for _, list := range [][]string{
		kustomization.Resources, kustomization.Bases, kustomization.Components, kustomization.Crds,
		kustomization.Configurations, kustomization.Generators, kustomization.Transformers, kustomization.Validators,
	} {
		all = append(all, list...)
	}
	for _, patch := range append(kustomization.Patches, kustomization.PatchesJson6902...) {
		all = append(all, patch.Path)
	}
	for _, replacement := range kustomization.Replacements {
		all = append(all, replacement.Path)
	}
	return append(all, kustomization.OpenAPI["path"])
}

// remote are the forms that Kustomize takes for a repository or a URL.
var remote = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]*://|git::|[\w.-]+@[\w.-]+:|(?:www\.)?github\.com[/:])|` +
	`\.git(?:/|\?|$)|_git/|[?&](?:ref|version)=`)

func isRemote(reference string) bool {
	return !strings.Contains(reference, "\n") && remote.MatchString(reference)
}
