package operations

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

const templatesFolder = "templates/"

// checkTemplates is Helm's rules for templates: what they give with the values at hand.
func (l *linter) checkTemplates(capabilities *common.Capabilities) {
	present, err := l.hasFolder(templatesFolder)
	if !present {
		l.passes(isWarning, templatesFolder, errors.New("directory does not exist"))
		return
	}
	if !l.passes(isError, templatesFolder, err) {
		return
	}
	loaded, err := l.load()
	if !l.passes(isError, templatesFolder, err) {
		return
	}
	files, err := l.render(loaded, capabilities)
	if !l.passes(isError, templatesFolder, inWords(err)) || files == nil {
		return
	}
	for _, template := range loaded.Templates {
		l.passes(isError, template.Name, checkExtension(template.Name))
		extension := strings.ToLower(path.Ext(template.Name))
		text := files[path.Join(loaded.Name(), template.Name)]
		if (extension == ".yaml" || extension == ".yml") && strings.TrimSpace(text) != "" {
			if !l.checkRendered(template.Name, text) {
				return
			}
		}
	}
}

// render returns nothing where the dependencies' values cannot be worked out, which other commands complain of.
func (l *linter) render(loaded *chart.Chart, capabilities *common.Capabilities) (map[string]string, error) {
	values, err := l.values()
	if err != nil {
		return nil, err
	}
	if chartutil.ProcessDependencies(loaded, values) != nil {
		return nil, nil
	}
	together, err := util.CoalesceValues(loaded, values)
	if err != nil {
		return nil, nil
	}
	named := common.ReleaseOptions{Name: "test-release", Namespace: l.wanted.Namespace}
	shown, err := util.ToRenderValuesWithSchemaValidation(loaded, together, named, capabilities, true)
	if err != nil {
		return nil, err
	}
	if !l.wanted.SkipSchemaValidation {
		if err := checkSchemas(loaded, shown["Values"].(common.Values)); err != nil {
			return nil, err
		}
	}
	return engine.Engine{LintMode: true}.RenderWithContext(context.Background(), loaded, shown)
}

func checkExtension(name string) error {
	if slices.Contains([]string{".yaml", ".yml", ".tpl", ".txt"}, path.Ext(name)) {
		return nil
	}
	return fmt.Errorf("file extension '%s' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt", path.Ext(name))
}

// checkRendered returns false where the text is no YAML.
func (l *linter) checkRendered(name, text string) bool {
	l.passes(isWarning, name, checkTopIndent(text))
	return l.eachObject(name, []byte(text), func(object lintedObject) {
		l.passes(isWarning, name, checkObjectName(object))
		l.passes(isWarning, name, l.checkDeprecation(object))
		l.passes(isError, name, checkSelector(object, text))
		l.passes(isError, name, checkListAnnotations(object, text))
	})
}

func checkTopIndent(text string) error {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if line = strings.TrimRight(line, "\r\n"); strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			return fmt.Errorf("document starts with an illegal indent: %q, which may cause parsing problems", line)
		}
		return nil
	}
	return nil
}

// lintedObject is the little that the rules look at; an error in any other field is found on the way.
type lintedObject struct {
	APIVersion string `json:"apiVersion"`
	Kind       string
	Metadata   struct {
		Namespace string
		Name      string
	}
}

// eachObject calls back with each object of a file, and returns false at the first that cannot be read.
func (l *linter) eachObject(name string, text []byte, check func(object lintedObject)) bool {
	const peek = 4096
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), peek)
	for {
		var object *lintedObject
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return l.passes(isError, name, fmt.Errorf("unable to parse YAML: %w", err))
		}
		if object != nil {
			check(*object)
		}
	}
}

func checkObjectName(object lintedObject) error {
	name := object.Metadata.Name
	all := field.ErrorList{}
	for _, why := range nameRule(object.Kind)(name, false) {
		all = append(all, field.Invalid(field.NewPath("metadata").Child("name"), name, why))
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("object name does not conform to Kubernetes naming requirements: %q: %w", name, all.ToAggregate())
}

func nameRule(kind string) validation.ValidateNameFunc {
	switch strings.ToLower(kind) {
	case "service":
		return validation.NameIsDNS1035Label
	case "namespace":
		return validation.ValidateNamespaceName
	case "serviceaccount":
		return validation.ValidateServiceAccountName
	case "certificatesigningrequest":
		return func(string, bool) []string { return nil }
	case "role", "clusterrole", "rolebinding", "clusterrolebinding":
		return func(name string, _ bool) []string { return content.IsPathSegmentName(name) }
	default:
		return validation.NameIsDNSSubdomain
	}
}

func checkSelector(object lintedObject, text string) error {
	if slices.Contains([]string{"Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"}, object.Kind) &&
		!strings.Contains(text, "matchLabels") && !strings.Contains(text, "matchExpressions") {
		return fmt.Errorf("a %s must contain matchLabels or matchExpressions, and %q does not",
			object.Kind, object.Metadata.Name)
	}
	return nil
}

func checkListAnnotations(object lintedObject, text string) error {
	if object.Kind != "List" {
		return nil
	}
	var list struct {
		Items []struct {
			Metadata struct {
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		return fmt.Errorf("unable to parse YAML: %w", err)
	}
	for _, item := range list.Items {
		if _, kept := item.Metadata.Annotations["helm.sh/resource-policy"]; kept {
			return errors.New("annotation 'helm.sh/resource-policy' within List objects are ignored")
		}
	}
	return nil
}

// checkDeprecation warns of API versions that the Kubernetes version at hand is about to drop, in the words of
// k8s.io/apiserver/pkg/endpoints/deprecation.
func (l *linter) checkDeprecation(object lintedObject) error {
	kind := schema.FromAPIVersionAndKind(object.APIVersion, object.Kind)
	known, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil //nolint:nilerr // a kind that Kubernetes does not know is never deprecated
	}
	deprecated, can := known.(interface{ APILifecycleDeprecated() (major, minor int) })
	if !can {
		return nil
	}
	major, minor := deprecated.APILifecycleDeprecated()
	if major == 0 && minor == 0 || isBefore(l.version, major, minor) {
		return nil
	}
	words := fmt.Sprintf("%s %s is deprecated in v%d.%d+", kind.GroupVersion(), kind.Kind, major, minor)
	if removed, can := known.(interface{ APILifecycleRemoved() (major, minor int) }); can {
		if major, minor := removed.APILifecycleRemoved(); major != 0 || minor != 0 {
			words += fmt.Sprintf(", unavailable in v%d.%d+", major, minor)
		}
	}
	if replaced, can := known.(interface {
		APILifecycleReplacement() schema.GroupVersionKind
	}); can {
		if instead := replaced.APILifecycleReplacement(); !instead.Empty() {
			words += fmt.Sprintf("; use %s %s", instead.GroupVersion(), instead.Kind)
		}
	}
	return errors.New(words)
}

func isBefore(version common.KubeVersion, major, minor int) bool {
	nowMajor, _ := strconv.Atoi(version.Major)
	nowMinor, _ := strconv.Atoi(version.Minor)
	return nowMajor < major || nowMajor == major && nowMinor < minor
}
