package operations

import (
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// root is where the files are put in the file system in memory.
const root = "/"

type kustomizeRequest struct {
	Directory    string            `json:"directory"`
	Options      kustomizeEdit     `json:"options"`
	BuildOptions string            `json:"buildOptions"`
	KubeVersion  string            `json:"kubeVersion"`
	APIVersions  []string          `json:"apiVersions"`
	Remotes      map[string]string `json:"remotes"`
	Charts       []pulledChart     `json:"charts"`
}

// pulledChart is a packed chart of the group "charts", at the same place.
type pulledChart struct {
	Repository string `json:"repository"`
	Name       string `json:"name"`
	Version    string `json:"version"`
}

type kustomizeAnswer struct {
	Kind      string               `json:"kind"`
	Documents []documents.Document `json:"documents"`
	Asked     []string             `json:"asked"`
}

// buildKustomize builds the kustomization in a directory of the group "files", with Argo CD's options edited into it
// first. The files are all there is: what refers to another host is refused before anything is built.
func buildKustomize(request frames.Request, limits Limits) (any, error) {
	var wanted kustomizeRequest
	if err := options(request, &wanted); err != nil {
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
	if err := (&survey{files: files, seen: map[string]bool{}}).visit(directory); err != nil {
		return nil, err
	}
	build := krusty.MakeDefaultOptions()
	build.Reorder = krusty.ReorderOptionUnspecified // as the command line does unless told otherwise
	built, err := krusty.MakeKustomizer(build).Run(files, directory)
	if err != nil {
		return nil, placeKustomize(err)
	}
	reader := documents.Reader{Room: limits.Output}
	found := make([]documents.Document, 0, built.Size())
	for i, resource := range built.Resources() {
		object, err := resource.MarshalJSON()
		if err != nil {
			return nil, placeKustomize(err)
		}
		document, err := reader.Add(documents.Document{Manifest: object, File: wanted.Directory, Number: i + 1})
		if err != nil {
			return nil, err
		}
		found = append(found, document)
	}
	return kustomizeAnswer{Kind: "built", Documents: found, Asked: []string{}}, nil
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
			return nil, err
		}
	}
	return files, nil
}

var (
	kustomizeFile = regexp.MustCompile(`(?:in File: |accumulating resources from '|unable to find .*'/|path ')([^'\s]+)`)
	kustomizeLine = regexp.MustCompile(`\bline (\d+)`)
)

// placeKustomize finds the file and line in a message of Kustomize's.
func placeKustomize(err error) error {
	var limit *refusal.Limit
	if errors.As(err, &limit) {
		return limit
	}
	failed := &refusal.Failed{Message: err.Error()}
	if matches := kustomizeFile.FindAllStringSubmatch(failed.Message, -1); matches != nil {
		failed.File = strings.TrimPrefix(matches[len(matches)-1][1], root)
	}
	if match := kustomizeLine.FindStringSubmatch(failed.Message); match != nil {
		failed.Line, _ = strconv.Atoi(match[1])
	}
	return failed
}
