package operations

import (
	"path"
	"regexp"
	"strconv"

	"argosy/tool_worker/internal/refusal"
)

var (
	// templatePlace is how Helm's messages name a template: "chart/templates/web.yaml:3:5" at the start or in brackets.
	templatePlace = regexp.MustCompile(`(?:^|\()([^\s():]+):(\d+)(?::\d+)?(?:\)|\n|:|$)`)
	// What it says of a chart's own files, which may be those of a dependency.
	unreadable = regexp.MustCompile(`cannot load ([\w.]+): `)
	invalid    = regexp.MustCompile(`(?:^|: )validation: |missing in charts/|Chart\.yaml file is missing`)
	dependency = regexp.MustCompile(`error unpacking subchart (\S+) in `)
	lineOfYAML = regexp.MustCompile(`yaml: line (\d+)`)
)

// placeHelm finds the file and line in a message of Helm's.
func placeHelm(err error) error {
	switch err.(type) {
	case *refusal.Failed, *refusal.Limit:
		return err
	}
	failed := &refusal.Failed{Message: err.Error()}
	if match := templatePlace.FindStringSubmatch(failed.Message); match != nil {
		failed.File = match[1]
		failed.Line, _ = strconv.Atoi(match[2])
		return failed
	}
	if match := unreadable.FindStringSubmatch(failed.Message); match != nil {
		failed.File = match[1]
	} else if invalid.MatchString(failed.Message) {
		failed.File = "Chart.yaml"
	} else {
		return failed
	}
	folder := ""
	for _, match := range dependency.FindAllStringSubmatch(failed.Message, -1) {
		folder = path.Join(folder, "charts", match[1])
	}
	failed.File = path.Join(folder, failed.File)
	if match := lineOfYAML.FindStringSubmatch(failed.Message); match != nil {
		failed.Line, _ = strconv.Atoi(match[1])
	}
	return failed
}
