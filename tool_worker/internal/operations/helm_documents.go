package operations

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/refusal"
)

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
		return len(others) > 0 || isCRDInstall(object), nil
	}
	return !wanted.SkipTests || !slices.Contains(hooks[0].Events, release.HookTest), nil
}

// isCRDInstall tells a hook of Helm 2 that Helm leaves out and Argo CD takes for a normal resource.
func isCRDInstall(object documents.Document) bool {
	var head struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	if json.Unmarshal(object.Manifest, &head) != nil {
		return false
	}
	for hook := range strings.SplitSeq(head.Metadata.Annotations[release.HookAnnotation], ",") {
		if strings.EqualFold(strings.TrimSpace(hook), "crd-install") {
			return true
		}
	}
	return false
}

// yamlError puts in Helm's words that a template gave something that cannot be read.
func yamlError(err error) error {
	var failed *refusal.Failed
	if errors.As(err, &failed) {
		failed.Message = fmt.Sprintf("YAML parse error on %s: %s", failed.File, failed.Message)
	}
	return err
}
