package operations

import (
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"argosy/tool_worker/internal/refusal"
)

var (
	// Kustomize's messages are nested: each directory on the way down wraps what is said of the next.
	directoryInMessage = regexp.MustCompile(`(?:recursed accumulation of|couldn't make target for) path '(/[^']*)'`)
	fileInMessage      = regexp.MustCompile(`(?:accumulating resources from '|in File: |\bpath: |\[path: ")([^'"\s]+)`)
	lostInMessage      = regexp.MustCompile(`'(/[^']+)' doesn't exist`)
	lineInMessage      = regexp.MustCompile(`\bline (\d+)`)
)

// placeKustomize finds the file and line that a message of Kustomize's is about; where it names none, it is about the
// kustomization that was under way.
func placeKustomize(err error, files filesys.FileSystem, directory string) error {
	var limit *refusal.Limit
	if errors.As(err, &limit) {
		return limit
	}
	failed := &refusal.Failed{Message: err.Error()}
	rest := failed.Message
	if found := directoryInMessage.FindAllStringSubmatchIndex(rest, -1); found != nil {
		last := found[len(found)-1]
		directory, rest = rest[last[2]:last[3]], rest[last[1]:]
	}
	file, _ := findKustomization(files, directory)
	if found := fileInMessage.FindAllStringSubmatch(rest, -1); found != nil {
		file = path.Join(directory, found[len(found)-1][1])
	} else if found := lostInMessage.FindStringSubmatch(rest); found != nil {
		file = found[1]
	}
	failed.File = strings.TrimPrefix(file, root)
	if found := lineInMessage.FindStringSubmatch(rest); found != nil {
		failed.Line, _ = strconv.Atoi(found[1])
	}
	return failed
}
