package operations

import (
	"errors"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

type readFile struct {
	Kind      string               `json:"kind"`
	Path      string               `json:"path"`
	Documents []documents.Document `json:"documents"`
}

type unreadableFile struct {
	Kind     string `json:"kind"`
	Path     string `json:"path"`
	Document int    `json:"document"`
	Line     int    `json:"line"`
	Message  string `json:"message"`
}

// readYAML answers each file of the group "files", in order: its documents, or why it cannot be read.
func readYAML(request frames.Request, limits Limits) (any, error) {
	reader := documents.Reader{Room: limits.Output}
	files := request.Groups["files"]
	answers := make([]any, len(files))
	for i, file := range files {
		found, err := reader.Read(file.Path, file.Content)
		var failed *refusal.Failed
		switch {
		case err == nil:
			answers[i] = readFile{Kind: "read", Path: file.Path, Documents: found}
		case errors.As(err, &failed):
			answers[i] = unreadableFile{
				Kind: "unreadable", Path: file.Path, Document: failed.Document, Line: failed.Line, Message: failed.Message,
			}
		default:
			return nil, err
		}
	}
	return answers, nil
}
