package operations

import (
	"fmt"
	"regexp"
	"strings"
	gotemplate "text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

// templateFunctions are sprig's without those that look at the machine, and Argo CD's own.
var templateFunctions = argoFunctions()

func argoFunctions() gotemplate.FuncMap {
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	functions["normalize"] = normalizeName
	functions["slugify"] = slugify
	functions["toYaml"] = toYAML
	functions["fromYaml"] = fromYAML[map[string]any]
	functions["fromYamlArray"] = fromYAML[[]any]
	return functions
}

const longestDNSName = 253

var notInDNSNames = regexp.MustCompile(`[^-a-z0-9.]`)

// normalizeName makes a DNS-1123 name of a text.
func normalizeName(text string) string {
	name := notInDNSNames.ReplaceAllString(strings.ToLower(text), "-")
	return strings.Trim(name[:min(len(name), longestDNSName)], "-.")
}

var dashes = regexp.MustCompile(`[-.]+`)

// slugify makes a name of at most so many characters (50 unless told) of a text, which comes last; unless told
// otherwise, it is cut between words. The rules are those of the library that Argo CD uses (gosimple/slug), as far as
// they matter for a text that was normalized before.
func slugify(arguments ...any) (string, error) {
	longest, betweenWords, text := 50, true, ""
	into := []any{&longest, &betweenWords}
	if len(arguments) == 0 || len(arguments) > len(into)+1 {
		return "", fmt.Errorf("slugify takes a text, after at most a length and whether to cut between words")
	}
	into = append(into[:len(arguments)-1], &text)
	for i, argument := range arguments {
		if !assign(into[i], argument) {
			return "", fmt.Errorf("slugify: argument %d may not be %v", i+1, argument)
		}
	}
	name := normalizeName(text)
	if !betweenWords {
		name = name[:min(len(name), max(longest, 0))]
	}
	name = strings.Trim(dashes.ReplaceAllString(name, "-"), "-")
	if betweenWords && longest > 0 && len(name) > longest {
		if end := strings.LastIndexByte(name[:longest+1], '-'); end >= 0 {
			return name[:end], nil
		}
		return name[:longest], nil
	}
	return name, nil
}

func assign(into, value any) bool {
	var fits bool
	switch into := into.(type) {
	case *int:
		*into, fits = value.(int)
	case *bool:
		*into, fits = value.(bool)
	case *string:
		*into, fits = value.(string)
	}
	return fits
}

func toYAML(value any) (string, error) {
	text, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(text), "\n"), err
}

func fromYAML[Value any](text string) (Value, error) {
	var value Value
	err := yaml.Unmarshal([]byte(text), &value)
	return value, err
}
