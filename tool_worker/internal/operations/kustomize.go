package operations

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
)

// root is where the files are put in the file system in memory.
const root = "/"

type kustomizeRequest struct {
	Directory    string            `json:"directory"`
	Options      kustomizeEdit     `json:"options"`
	BuildOptions string            `json:"buildOptions"`
	KubeVersion  string            `json:"kubeVersion"`
	APIVersions  []string          `json:"-"` // the group "apiVersions"
	Remotes      map[string]string `json:"remotes"`
	Charts       []chartReference  `json:"charts"`
}

type kustomizeAnswer struct {
	Kind      string               `json:"kind"`
	Documents []documents.Document `json:"documents"`
	Asked     []string             `json:"asked"`
	Random    bool                 `json:"random"`
}

// buildKustomize builds the kustomization in a directory of the group "files", with Argo CD's options edited into it
// first. The files are all there is: what refers to another host, and charts that are inflated on the way, have to be
// handed in, and what is missing is answered by its name. Charts are the group "charts".
func buildKustomize(request frames.Request, limits Limits) (any, error) {
	var wanted kustomizeRequest
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	wanted.APIVersions = apiVersions(request)
	flags, err := parseFlags(wanted.BuildOptions)
	if err != nil {
		return nil, err
	}
	files, err := inMemory(request.Groups["files"], limits)
	if err != nil {
		return nil, err
	}
	directory := path.Join(root, wanted.Directory)
	if !wanted.Options.isEmpty() {
		if err := wanted.Options.apply(files, directory); err != nil {
			return nil, err
		}
	}
	prepared, err := prepare(files, wanted, request.Groups["charts"], flags, limits)
	if err != nil {
		return nil, err
	}
	if !prepared.needs.isEmpty() {
		return prepared.needs, nil
	}
	if prepared.ownSchema { // the library keeps a schema for good, and adds it to what it had
		openapi.ResetOpenAPI()
		defer openapi.ResetOpenAPI()
	}
	built, err := kustomize(files, directory, flags, limits)
	return kustomizeAnswer{Kind: "built", Documents: built, Asked: prepared.askedFor(), Random: prepared.random}, err
}

// kustomize is the library itself.
func kustomize(files filesys.FileSystem, directory string, flags buildFlags, limits Limits) ([]documents.Document, error) {
	build := krusty.MakeDefaultOptions()
	build.Reorder, build.LoadRestrictions, build.AddManagedbyLabel = flags.reorder, flags.restriction, flags.managedBy
	built, err := krusty.MakeKustomizer(build).Run(files, directory)
	if err != nil {
		return nil, placeKustomize(err, files, directory)
	}
	reader := documents.Reader{Room: limits.Output}
	found := make([]documents.Document, 0, built.Size())
	for i, resource := range built.Resources() {
		object, err := resource.MarshalJSON()
		if err != nil {
			return nil, placeKustomize(err, files, directory)
		}
		file := strings.TrimPrefix(directory, root)
		document, err := reader.Add(documents.Document{Manifest: object, File: file, Number: i + 1})
		if err != nil {
			return nil, err
		}
		found = append(found, document)
	}
	return found, nil
}

func inMemory(given []frames.File, limits Limits) (filesys.FileSystem, error) {
	files := filesys.MakeFsInMemory()
	for _, file := range given {
		if strings.HasSuffix(file.Path, ".yaml") || strings.HasSuffix(file.Path, ".yml") {
			if err := documents.CheckAliases(file.Path, file.Content, limits.Output); err != nil {
				return nil, err
			}
		}
		if err := files.WriteFile(path.Join(root, file.Path), file.Content); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
	}
	return files, nil
}
