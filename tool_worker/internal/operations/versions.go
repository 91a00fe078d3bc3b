package operations

import (
	"runtime"
	"runtime/debug"

	"argosy/tool_worker/internal/frames"
)

// libraries are those whose version can change what a render gives.
var libraries = map[string]string{
	"helm":      "helm.sh/helm/v4",
	"jsonnet":   "github.com/google/go-jsonnet",
	"kustomize": "sigs.k8s.io/kustomize/api",
	"kyaml":     "sigs.k8s.io/kustomize/kyaml",
	"yaml":      "sigs.k8s.io/yaml",
	"semver":    "github.com/Masterminds/semver/v3",
	"sprig":     "github.com/Masterminds/sprig/v3",
}

// listVersions returns the versions of the libraries and of Go (whose text/template is Helm's), as they were built in.
func listVersions(frames.Request, Limits) (any, error) {
	versions := map[string]string{"go": runtime.Version()}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return versions, nil
	}
	for name, path := range libraries {
		for _, module := range build.Deps {
			if module.Path == path {
				versions[name] = module.Version
			}
		}
	}
	return versions, nil
}
