package operations

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"

	"argosy/tool_worker/internal/refusal"
)

type missingDependencies struct {
	Kind         string              `json:"kind"`
	Dependencies []*chart.Dependency `json:"dependencies"`
}

func (m missingDependencies) names() string {
	names := make([]string, len(m.Dependencies))
	for i, dependency := range m.Dependencies {
		names[i] = dependency.Name
	}
	return strings.Join(names, ", ")
}

// findMissing returns the dependencies that are declared and not there, as `helm template` looks for them (by name,
// whatever their condition says), at the versions that the lock pins; nil if there are none.
func findMissing(loaded *chart.Chart) (*missingDependencies, error) {
	missing := []*chart.Dependency{}
	for index, declared := range loaded.Metadata.Dependencies {
		isIt := func(present *chart.Chart) bool { return present.Name() == declared.Name }
		if slices.ContainsFunc(loaded.Dependencies(), isIt) {
			continue
		}
		if err := checkLock(loaded); err != nil {
			return nil, err
		}
		pinned := *declared
		if locked := findLocked(loaded.Lock, index, declared.Name); locked != nil {
			pinned.Version = locked.Version
		}
		missing = append(missing, &pinned)
	}
	if len(missing) == 0 {
		return nil, nil
	}
	return &missingDependencies{Kind: "missing-dependencies", Dependencies: missing}, nil
}

// findLocked looks at the same place first: a chart can be declared more than once, under several aliases.
func findLocked(lock *chart.Lock, index int, name string) *chart.Dependency {
	if lock == nil {
		return nil
	}
	if index < len(lock.Dependencies) && lock.Dependencies[index].Name == name {
		return lock.Dependencies[index]
	}
	found := slices.IndexFunc(lock.Dependencies, func(locked *chart.Dependency) bool { return locked.Name == name })
	if found < 0 {
		return nil
	}
	return lock.Dependencies[found]
}

// checkLock refuses a lock that was not made from what is declared, as `helm dependency build` does.
func checkLock(loaded *chart.Chart) error {
	lock, declared := loaded.Lock, loaded.Metadata.Dependencies
	if lock == nil || digest([2][]*chart.Dependency{declared, lock.Dependencies}) == lock.Digest {
		return nil
	}
	if loaded.Metadata.APIVersion != chart.APIVersionV1 {
		return &refusal.Failed{File: "Chart.lock", Message: "the lock file (Chart.lock) is out of sync with the " +
			"dependencies file (Chart.yaml). Please update the dependencies with 'helm dependency update'"}
	}
	if digest(map[string][]*chart.Dependency{"dependencies": declared}) == lock.Digest { // as Helm 2 made it
		return nil
	}
	return &refusal.Failed{File: "requirements.lock", Message: "the lock file (requirements.lock) is out of sync with " +
		"the dependencies file (requirements.yaml). Please update the dependencies"}
}

func digest(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text))
}
