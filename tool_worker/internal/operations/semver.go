package operations

import (
	"github.com/Masterminds/semver/v3"

	"argosy/tool_worker/internal/frames"
)

type versionChoice struct {
	Kind    string `json:"kind"`
	Version string `json:"version,omitempty"`
}

// pickVersion finds the highest version that satisfies a constraint, as Argo CD does: what is itself a version is a
// pin; what is neither is no constraint; entries that are no versions are passed over; a pre-release satisfies only a
// constraint that names one ("-0").
func pickVersion(request frames.Request, _ Limits) (any, error) {
	var wanted struct {
		Constraint string   `json:"constraint"`
		Versions   []string `json:"versions"`
	}
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	if _, err := semver.NewVersion(wanted.Constraint); err == nil {
		return versionChoice{Kind: "pin"}, nil
	}
	constraint, err := semver.NewConstraint(wanted.Constraint)
	if err != nil {
		return versionChoice{Kind: "not-constraint"}, nil
	}
	var highest *semver.Version
	for _, spelled := range wanted.Versions {
		version, err := semver.NewVersion(spelled)
		if err == nil && constraint.Check(version) && (highest == nil || version.GreaterThan(highest)) {
			highest = version
		}
	}
	if highest == nil {
		return versionChoice{Kind: "no-match"}, nil
	}
	return versionChoice{Kind: "match", Version: highest.Original()}, nil
}
