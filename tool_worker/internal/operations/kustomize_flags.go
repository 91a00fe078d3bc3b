package operations

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
)

// buildFlags are the words of `kustomize build` that have a meaning here.
type buildFlags struct {
	enableHelm  bool
	managedBy   bool
	restriction types.LoadRestrictions
	reorder     krusty.ReorderOption
	kubeVersion string
	apiVersions []string
}

func (f buildFlags) isRestricted() bool { return f.restriction != types.LoadRestrictionsNone }

// refusedFlags would let a repository decide what runs, or the settings decide where the answer goes.
var refusedFlags = map[string]string{
	"--as-current-user":      "no container is started here",
	"--enable-alpha-plugins": "no plugin is started here: it would run a program from the repository",
	"--enable-exec":          "no function is started here: it would run a program from the repository",
	"--env":                  "no container is started here",
	"-e":                     "no container is started here",
	"--helm-command":         "charts are rendered here, without a helm program",
	"--mount":                "no container is started here",
	"--network":              "nothing is fetched while rendering",
	"--network-name":         "nothing is fetched while rendering",
	"--output":               "the answer is not written to a file",
	"-o":                     "the answer is not written to a file",
}

// parseFlags reads build options as Argo CD hands them to the command line: words between spaces, without quotes.
func parseFlags(text string) (buildFlags, error) {
	flags := buildFlags{
		restriction: types.LoadRestrictionsRootOnly,
		reorder:     krusty.ReorderOptionUnspecified, // as the command line does unless told otherwise
	}
	words := strings.Fields(text)
	for len(words) > 0 {
		name, value, given := strings.Cut(words[0], "=")
		words = words[1:]
		if why, refused := refusedFlags[name]; refused {
			return flags, fmt.Errorf("kustomize build option %s is refused: %s", name, why)
		}
		if set, isSwitch := flags.switches()[name]; isSwitch {
			if given && value != "true" && value != "false" {
				return flags, fmt.Errorf("kustomize build option %s: %q is neither true nor false", name, value)
			}
			*set = value != "false"
			continue
		}
		if !given && len(words) > 0 {
			value, words = words[0], words[1:]
		}
		if err := flags.set(name, value); err != nil {
			return flags, err
		}
	}
	return flags, nil
}

func (f *buildFlags) switches() map[string]*bool {
	ignored := false
	return map[string]*bool{
		"--enable-helm": &f.enableHelm, "--enable-managedby-label": &f.managedBy,
		"--helm-debug": &ignored, "--stack-trace": &ignored,
	}
}

func (f *buildFlags) set(name, value string) error {
	switch name {
	case "--load-restrictor":
		switch value {
		case types.LoadRestrictionsRootOnly.String():
			f.restriction = types.LoadRestrictionsRootOnly
		case types.LoadRestrictionsNone.String():
			f.restriction = types.LoadRestrictionsNone
		default:
			return fmt.Errorf("illegal flag value --load-restrictor %s; legal values: [%s %s]",
				value, types.LoadRestrictionsRootOnly, types.LoadRestrictionsNone)
		}
	case "--reorder":
		f.reorder = krusty.ReorderOption(value)
		if f.reorder != krusty.ReorderOptionLegacy && f.reorder != krusty.ReorderOptionNone {
			return fmt.Errorf("illegal flag value --reorder %s; legal values: [%s %s]",
				value, krusty.ReorderOptionLegacy, krusty.ReorderOptionNone)
		}
	case "--helm-kube-version":
		f.kubeVersion = value
	case "--helm-api-versions":
		f.apiVersions = append(f.apiVersions, strings.Split(value, ",")...)
	default:
		return fmt.Errorf("unknown kustomize build option %q; known are --enable-helm, --enable-managedby-label, "+
			"--load-restrictor, --reorder, --helm-kube-version and --helm-api-versions", name)
	}
	return nil
}
