package operations

import (
	"bytes"
	"strings"

	"argosy/tool_worker/internal/frames"
)

// given is the last list of API versions: hundreds of names, and the same for every render for one cluster.
var given struct {
	text []byte
	list []string
}

// apiVersions returns the lines of the group "apiVersions"; nobody may change them.
func apiVersions(request frames.Request) []string {
	files := request.Groups["apiVersions"]
	if len(files) == 0 {
		return nil
	}
	if text := files[0].Content; !bytes.Equal(text, given.text) {
		given.text = text
		given.list = strings.Split(string(text), "\n")
	}
	return given.list
}
