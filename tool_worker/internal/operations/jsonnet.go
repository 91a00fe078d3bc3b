package operations

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"

	"argosy/tool_worker/internal/documents"
	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

type jsonnetVariable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Code  bool   `json:"code"`
}

type jsonnetRequest struct {
	Libraries []string          `json:"libraries"`
	ExtVars   []jsonnetVariable `json:"extVars"`
	TLAs      []jsonnetVariable `json:"tlas"`
}

// evaluateJsonnet answers the objects of each file of the group "programs", in order. They can import each other and the
// group "files": from beside the importing file first, then from the libraries, of which the last wins.
func evaluateJsonnet(request frames.Request, limits Limits) (any, error) {
	var wanted jsonnetRequest
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	vm := jsonnet.MakeVM()
	vm.SetTraceOut(io.Discard)
	vm.Importer(newImports(wanted.Libraries, request.Groups["files"], request.Groups["programs"]))
	bind(wanted.ExtVars, vm.ExtVar, vm.ExtCode)
	bind(wanted.TLAs, vm.TLAVar, vm.TLACode)
	reader := documents.Reader{Room: limits.Output}
	programs := request.Groups["programs"]
	found := make([][]documents.Document, len(programs))
	for i, file := range programs {
		text, err := evaluate(vm, file.Path)
		if err != nil {
			return nil, placeJsonnet(vm, file.Path, err)
		}
		if found[i], err = reader.ReadValue(file.Path, []byte(text)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func bind(variables []jsonnetVariable, text, code func(name, value string)) {
	for _, variable := range variables {
		if variable.Code {
			code(variable.Name, variable.Value)
		} else {
			text(variable.Name, variable.Value)
		}
	}
}

func evaluate(vm *jsonnet.VM, file string) (string, error) {
	node, _, err := vm.ImportAST(file, path.Base(file)) // as if the file imported itself: relative to where it is
	if err != nil {
		return "", err
	}
	return vm.Evaluate(node)
}

// imports finds files among those that were handed in, by the rules of Jsonnet's own command line.
type imports struct {
	files     map[string]jsonnet.Contents // the interpreter insists on the same value each time
	libraries []string
}

func newImports(libraries []string, groups ...[]frames.File) *imports {
	found := &imports{files: map[string]jsonnet.Contents{}, libraries: libraries}
	for _, files := range groups {
		for _, file := range files {
			found.files[file.Path] = jsonnet.MakeContentsRaw(file.Content)
		}
	}
	return found
}

// Import looks beside the importing file, which has no name where a variable's code imports.
func (i *imports) Import(importedFrom, importedPath string) (jsonnet.Contents, string, error) {
	if path.IsAbs(importedPath) {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q leads out of the repository", importedPath)
	}
	var folders []string
	if importedFrom != "" {
		folders = append(folders, path.Dir(importedFrom))
	}
	for last := len(i.libraries) - 1; last >= 0; last-- {
		folders = append(folders, i.libraries[last])
	}
	outside := false
	for _, folder := range folders {
		place := path.Join(folder, importedPath)
		if contents, ok := i.files[place]; ok {
			return contents, place, nil
		}
		outside = outside || place == ".." || strings.HasPrefix(place, "../")
	}
	if outside {
		return jsonnet.Contents{}, "", fmt.Errorf("import %q leads out of the repository", importedPath)
	}
	return jsonnet.Contents{}, "", fmt.Errorf("couldn't open import %q: no match locally or in the Jsonnet library paths", importedPath)
}

// placeJsonnet gives an error of the interpreter its place: where it happened, or where the file went wrong.
func placeJsonnet(vm *jsonnet.VM, file string, err error) error {
	failed := &refusal.Failed{Message: err.Error(), File: file} // without the text, which may be that of any file
	var runtime jsonnet.RuntimeError
	var static interface{ Loc() ast.LocationRange }
	switch {
	case errors.As(err, &runtime):
		failed.Message = strings.TrimSpace(vm.ErrorFormatter.Format(err))
		for _, frame := range runtime.StackTrace {
			if frame.Loc.IsSet() && frame.Loc.FileName != "" {
				failed.File, failed.Line = frame.Loc.FileName, frame.Loc.Begin.Line
			}
		}
	case errors.As(err, &static) && static.Loc().FileName != "":
		failed.File, failed.Line = static.Loc().FileName, static.Loc().Begin.Line
	}
	return failed
}
