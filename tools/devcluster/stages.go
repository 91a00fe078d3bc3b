package main

import (
	"embed"
	"io/fs"
	"os"
	"strings"
)

// stageFiles say how simulated objects behave: for each kind, in which state kwok writes which status.
//
//go:embed stages/*.yaml
var stageFiles embed.FS

// writeStages writes all stages into one file, as kwok wants them.
func writeStages(file string) error {
	names, err := fs.Glob(stageFiles, "stages/*.yaml")
	if err != nil {
		return err
	}
	documents := make([]string, 0, len(names))
	for _, name := range names {
		data, err := stageFiles.ReadFile(name)
		if err != nil {
			return err
		}
		documents = append(documents, string(data))
	}
	return os.WriteFile(file, []byte(strings.Join(documents, "\n---\n")), 0o600)
}
