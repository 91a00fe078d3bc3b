package operations

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
)

func TestBuildOptionsThatHaveAMeaningAreRead(t *testing.T) {
	got, err := parseFlags("  --enable-helm --load-restrictor LoadRestrictionsNone --reorder=legacy --enable-managedby-label " +
		"--helm-kube-version 1.30 --helm-api-versions=a/v1,b/v1 --helm-debug")
	if err != nil || !got.enableHelm || !got.managedBy || got.restriction != types.LoadRestrictionsNone ||
		got.reorder != krusty.ReorderOptionLegacy || got.kubeVersion != "1.30" || len(got.apiVersions) != 2 {
		t.Errorf("got %+v %v", got, err)
	}
	plain, err := parseFlags("--enable-helm=false --load-restrictor=LoadRestrictionsRootOnly --reorder none")
	if err != nil || plain.enableHelm || !plain.isRestricted() || plain.reorder != krusty.ReorderOptionNone {
		t.Errorf("got %+v %v", plain, err)
	}
	if nothing, err := parseFlags(""); err != nil || nothing.reorder != krusty.ReorderOptionUnspecified {
		t.Errorf("got %+v %v", nothing, err)
	}
}

func TestB31BuildOptionsThatRunOrReachSomethingAreRefused(t *testing.T) { // S-110
	for text, want := range map[string]string{
		"--enable-exec":                     "--enable-exec is refused: no function is started here",
		"--enable-alpha-plugins=true":       "--enable-alpha-plugins is refused",
		"--enable-helm --helm-command=/x":   "--helm-command is refused: charts are rendered here",
		"--helm-command /x":                 "--helm-command is refused",
		"--network":                         "--network is refused: nothing is fetched",
		"--mount type=bind,src=/,dst=/host": "--mount is refused",
		"-o /etc/passwd":                    "-o is refused",
		"--output=/etc/passwd":              "--output is refused",
		"-e HOME":                           "-e is refused",
		"--as-current-user":                 "--as-current-user is refused",
		"--load-restrictor none":            "illegal flag value --load-restrictor none",
		"--reorder":                         "illegal flag value --reorder ",
		"--enable-helm=yes":                 `"yes" is neither true nor false`,
		"--enable-everything":               `unknown kustomize build option "--enable-everything"`,
		"../other":                          `unknown kustomize build option "../other"`,
	} {
		if got, err := parseFlags(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v %v", text, got, err)
		}
	}
}
