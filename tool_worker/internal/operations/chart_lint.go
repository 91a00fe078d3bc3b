package operations

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// Helm's lint reads a folder on disk, rule by rule, and none of its rules is for others to call: these are the same
// rules, in the same order and words, on the files of a request. After helm.sh/helm/v4/pkg/chart/v2/lint.

type severity string

const (
	isInfo    severity = "info"
	isWarning severity = "warning"
	isError   severity = "error"
)

type lintMessage struct {
	Severity severity `json:"severity"`
	Path     string   `json:"path"`
	Message  string   `json:"message"`
}

type lintOptions struct {
	Namespace            string `json:"namespace"`
	KubeVersion          string `json:"kubeVersion"`
	SkipSchemaValidation bool   `json:"skipSchemaValidation"`
}

// linter holds a chart while it is linted; `values` are those laid over the chart's own.
type linter struct {
	files    []*archive.BufferedFile
	values   func() (map[string]any, error)
	version  common.KubeVersion
	wanted   lintOptions
	messages []lintMessage
}

// lintChart answers what there is to say of a chart; a chart that cannot be read is such a thing too.
func lintChart(request frames.Request, limits Limits) (any, error) {
	l := &linter{messages: []lintMessage{}}
	if err := options(request, &l.wanted); err != nil {
		return nil, err
	}
	capabilities, err := helmOptions{KubeVersion: l.wanted.KubeVersion}.capabilities()
	if err != nil {
		return nil, err
	}
	l.version = capabilities.KubeVersion
	l.values = func() (map[string]any, error) {
		return mergeValues(request.Groups["values"], nil, nil, limits)
	}
	if l.files, err = chartFiles(request, limits); err != nil {
		return nil, placeHelm(err)
	}
	values, err := l.values()
	if err != nil {
		return nil, err
	}
	if l.find("Chart.yaml") == nil {
		return nil, errors.New("unable to check Chart.yaml file in chart: Chart.yaml file is missing")
	}
	l.checkChartFile()
	l.checkValues(values)
	l.checkTemplates(capabilities)
	l.checkDependencies()
	l.checkCRDs()
	return l.messages, nil
}

// passes notes what is wrong, and tells if nothing is.
func (l *linter) passes(how severity, where string, err error) bool {
	if err != nil {
		l.messages = append(l.messages, lintMessage{how, where, err.Error()})
	}
	return err == nil
}

func (l *linter) find(name string) *archive.BufferedFile {
	for _, file := range l.files {
		if file.Name == name {
			return file
		}
	}
	return nil
}

// hasFolder tells if there is a folder; a file of that name is an error.
func (l *linter) hasFolder(name string) (bool, error) {
	if l.find(strings.TrimSuffix(name, "/")) != nil {
		return true, errors.New("not a directory")
	}
	isBelow := func(file *archive.BufferedFile) bool { return strings.HasPrefix(file.Name, name) }
	return slices.ContainsFunc(l.files, isBelow), nil
}

// load makes a chart of the files; loading changes some of them, so it gets copies.
func (l *linter) load() (*chart.Chart, error) {
	copies := make([]*archive.BufferedFile, len(l.files))
	for i, file := range l.files {
		one := *file
		copies[i] = &one
	}
	return loadFiles(copies)
}

func (l *linter) checkValues(overrides map[string]any) {
	const name = "values.yaml"
	file := l.find(name)
	if file == nil {
		l.passes(isInfo, name, errors.New("file does not exist"))
		return
	}
	values, err := common.ReadValues(file.Data)
	if err != nil {
		l.passes(isError, name, fmt.Errorf("unable to parse YAML: %w", err))
		return
	}
	together := util.CoalesceTables(util.CoalesceTables(map[string]any{}, overrides), values)
	schema := l.find(schemaFile)
	if schema == nil || len(schema.Data) == 0 || l.wanted.SkipSchemaValidation {
		return
	}
	breaches, err := validate(schema.Data, together)
	if err == nil && breaches != "" {
		err = errors.New(breaches)
	}
	l.passes(isError, name, err)
}

func (l *linter) checkDependencies() {
	loaded, err := l.load()
	if err != nil {
		l.passes(isError, "", fmt.Errorf("unable to load chart\n\t%w", err))
		return
	}
	var present, declared []string
	for _, below := range loaded.Dependencies() {
		present = append(present, below.Metadata.Name)
	}
	for _, dependency := range loaded.Metadata.Dependencies {
		declared = append(declared, dependency.Name)
	}
	if found := without(present, declared); found != "" {
		l.passes(isError, "", errors.New("chart metadata is missing these dependencies: "+found))
	}
	if found := without(declared, present); found != "" {
		l.passes(isWarning, "", errors.New("chart directory is missing these dependencies: "+found))
	}
}

// without are the names that are not known, for a message.
func without(names, known []string) string {
	var found []string
	for _, name := range names {
		if !slices.Contains(known, name) {
			found = append(found, name)
		}
	}
	return strings.Join(found, ",")
}

func (l *linter) checkCRDs() {
	const folder = "crds/"
	present, err := l.hasFolder(folder)
	if !present || !l.passes(isError, folder, err) {
		return
	}
	loaded, err := l.load()
	if !l.passes(isError, folder, err) {
		return
	}
	for _, crd := range loaded.CRDObjects() {
		readable := l.eachObject(crd.Name, crd.File.Data, func(object lintedObject) {
			if !strings.HasPrefix(object.APIVersion, "apiextensions.k8s.io") {
				l.passes(isError, crd.Name, errors.New("apiVersion is not in 'apiextensions.k8s.io'"))
			}
			if object.Kind != "CustomResourceDefinition" {
				l.passes(isError, crd.Name, errors.New("object kind is not 'CustomResourceDefinition'"))
			}
		})
		if !readable {
			return
		}
	}
}

// inWords drops what a refusal knows besides its words.
func inWords(err error) error {
	var failed *refusal.Failed
	if errors.As(err, &failed) {
		return errors.New(failed.Message)
	}
	return err
}
