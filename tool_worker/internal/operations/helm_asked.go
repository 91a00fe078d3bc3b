package operations

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	texttemplate "text/template"

	"github.com/Masterminds/sprig/v3"
	"helm.sh/helm/v4/pkg/chart/common"
)

// askedVersions stands for `.Capabilities.APIVersions` and takes notes: what decides about a chart's output is not the
// list of a cluster, which changes all the time, but what the templates asked it for. `Has` is what charts use; what
// else there is to do with a list either fails on it (range, index, len) or is noted as a wish to see the whole (print,
// encode, ask for its type), and then the templates are executed again with a real list.
type askedVersions struct {
	known common.VersionSet
	asked map[string]struct{}
	all   bool
}

// noting returns the capabilities as templates may see them, with a list that takes notes.
func (a *askedVersions) noting(capabilities *common.Capabilities) any {
	a.known, a.asked = capabilities.APIVersions, map[string]struct{}{}
	type notingCapabilities struct {
		KubeVersion common.KubeVersion
		APIVersions *askedVersions
		HelmVersion any
	}
	return &notingCapabilities{
		KubeVersion: capabilities.KubeVersion, APIVersions: a, HelmVersion: capabilities.HelmVersion,
	}
}

// names are the entries asked for, in order.
func (a *askedVersions) names() []string {
	return append([]string{}, slices.Sorted(maps.Keys(a.asked))...)
}

// Has is Helm's.
func (a *askedVersions) Has(version string) bool {
	a.asked[version] = struct{}{}
	return a.known.Has(version)
}

// Format is called by whatever prints.
func (a *askedVersions) Format(state fmt.State, verb rune) {
	a.all = true
	fmt.Fprintf(state, fmt.FormatString(state, verb), []string(a.known))
}

// MarshalJSON is called by toJson and toYaml.
func (a *askedVersions) MarshalJSON() ([]byte, error) {
	a.all = true
	return json.Marshal(a.known)
}

// MarshalText is called by toToml.
func (a *askedVersions) MarshalText() ([]byte, error) {
	a.all = true
	return nil, nil
}

// functions are those of Sprig's that look at a value's type, or at nothing else of it.
func (a *askedVersions) functions() texttemplate.FuncMap {
	noting := texttemplate.FuncMap{}
	for _, name := range []string{"kindOf", "kindIs", "typeOf", "typeIs", "typeIsLike", "deepEqual"} {
		function := reflect.ValueOf(sprigFunctions[name])
		watching := func(arguments []reflect.Value) []reflect.Value {
			for _, argument := range arguments {
				if argument.CanInterface() && argument.Interface() == any(a) {
					a.all = true
				}
			}
			return function.Call(arguments)
		}
		noting[name] = reflect.MakeFunc(function.Type(), watching).Interface()
	}
	return noting
}

var sprigFunctions = sprig.TxtFuncMap()
