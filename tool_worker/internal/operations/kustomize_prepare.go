package operations

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/refusal"
)

// kustomizeNeeds is what has to be handed in before a build can be run.
type kustomizeNeeds struct {
	Kind    string            `json:"kind"`
	Remotes []remoteReference `json:"remotes"`
	Charts  []wantedChart     `json:"charts"`
}

func (n kustomizeNeeds) isEmpty() bool { return len(n.Remotes) == 0 && len(n.Charts) == 0 }

type remoteReference struct {
	Reference string `json:"reference"`
	File      string `json:"file"`
	Meant     []any  `json:"meant"`
}

// preparation walks the kustomizations that a build will reach, before Kustomize does, and rewrites them in memory: what
// Kustomize would fetch or start a program for is replaced by the files that were handed in instead.
type preparation struct {
	files  filesys.FileSystem
	wanted kustomizeRequest
	flags  buildFlags
	limits Limits
	charts map[chartReference][]byte
	needs  kustomizeNeeds

	ownSchema bool // a kustomization brings an OpenAPI schema
	seen      map[place]bool
	prepared  map[string]bool     // directories, however often they are visited
	inherited map[string]string   // directory -> the namespace that its charts were given from above
	asked     map[string]struct{} // nil where a chart asked for all API versions
	random    bool                // where a chart left something to chance
}

// place is a directory and what it is visited with: the namespace from above, which charts inherit, and the root of the
// repository that it belongs to, empty for the application's own, which it may not leave.
type place struct{ directory, namespace, repository string }

// prepare returns what is still needed.
func prepare(
	files filesys.FileSystem, wanted kustomizeRequest, packed []frames.File, flags buildFlags, limits Limits,
) (*preparation, error) {
	p := &preparation{
		files: files, wanted: wanted, flags: flags, limits: limits, charts: map[chartReference][]byte{},
		needs: kustomizeNeeds{Kind: "needs", Remotes: []remoteReference{}, Charts: []wantedChart{}},
		seen:  map[place]bool{}, prepared: map[string]bool{}, inherited: map[string]string{},
		asked: map[string]struct{}{},
	}
	for i, reference := range wanted.Charts {
		if i < len(packed) {
			p.charts[reference] = packed[i].Content
		}
	}
	return p, p.visit(place{directory: path.Join(root, wanted.Directory)})
}

// visit prepares one directory and all that it refers to. What cannot be read is left for Kustomize to complain of.
func (p *preparation) visit(at place) error {
	if p.seen[at] {
		return nil
	}
	p.seen[at] = true
	name, content := findKustomization(p.files, at.directory)
	var kustomization types.Kustomization
	if name == "" || kustomization.Unmarshal(content) != nil {
		return nil
	}
	kustomization.FixKustomization()
	p.ownSchema = p.ownSchema || len(kustomization.OpenAPI) > 0
	if before, inherited := p.inherited[at.directory]; inherited && before != at.namespace {
		file := strings.TrimPrefix(name, root)
		return &refusal.Failed{File: file, Message: fmt.Sprintf(
			"%s is reached with namespace %q and with namespace %q: give its helmCharts a namespace of their own",
			file, before, at.namespace)}
	}
	if !p.prepared[at.directory] {
		p.prepared[at.directory] = true
		if err := p.rewrite(at, name, &kustomization); err != nil {
			return err
		}
	}
	return p.visitBelow(at, kustomization)
}

// rewrite replaces what Kustomize would fetch or start a program for. The file is left as it is while something is
// missing: the request will be made again.
func (p *preparation) rewrite(at place, name string, kustomization *types.Kustomization) error {
	changed := false
	for _, reference := range slots(kustomization) {
		followed, err := p.follow(at, name, reference)
		if err != nil {
			return err
		}
		changed = changed || followed
	}
	inflated, err := p.inflate(at, name, kustomization)
	if err != nil || !(changed || inflated) || !p.needs.isEmpty() {
		return err
	}
	written, err := yaml.Marshal(kustomization)
	if err != nil {
		return err
	}
	return p.files.WriteFile(name, written)
}

// visitBelow goes to the directories that the kustomization, with its references replaced, refers to.
func (p *preparation) visitBelow(at place, kustomization types.Kustomization) error {
	namespace := kustomization.Namespace
	if namespace == "" {
		namespace = at.namespace
	}
	for _, reference := range slots(&kustomization) {
		below := path.Join(at.directory, reference.text)
		if !reference.isTree || strings.Contains(reference.text, "\n") || !p.files.IsDir(below) {
			continue
		}
		repository := at.repository
		for _, other := range p.wanted.Remotes {
			if top := path.Join(root, other); top != root && isWithin(below, top) {
				repository = top
			}
		}
		if err := p.visit(place{below, namespace, repository}); err != nil {
			return err
		}
	}
	return nil
}

func isWithin(name, directory string) bool {
	return name == directory || strings.HasPrefix(name, strings.TrimSuffix(directory, "/")+"/")
}

// follow replaces a reference to another host by what was handed in for it, and notes it where that is still to come.
func (p *preparation) follow(at place, file string, reference slot) (rewritten bool, err error) {
	meant := meanings(reference.text, reference.isTree)
	if len(meant) == 0 {
		return false, p.checkInside(at, reference)
	}
	shown := strings.TrimPrefix(file, root)
	target, given := p.wanted.Remotes[reference.text]
	if !given {
		isIt := func(noted remoteReference) bool { return noted.Reference == reference.text }
		if !slices.ContainsFunc(p.needs.Remotes, isIt) {
			p.needs.Remotes = append(p.needs.Remotes, remoteReference{reference.text, shown, meant})
		}
		return false, refuseLocalRepository(shown, meant)
	}
	target = path.Join(root, target)
	if p.files.IsDir(target) {
		repository, _ := parseRepository(reference.text)
		reference.set(relative(at.directory, path.Join(target, repository.Path)))
		return true, nil
	}
	content, err := p.files.ReadFile(target)
	if err != nil {
		return false, fmt.Errorf("%s refers to %s: %w", shown, reference.text, err)
	}
	beside := p.freeName(at.directory, path.Base(target))
	reference.set(beside)
	return true, p.files.WriteFile(path.Join(at.directory, beside), content)
}

func refuseLocalRepository(file string, meant []any) error {
	if repository, is := meant[0].(remoteRepository); is && strings.HasPrefix(repository.URL, fileScheme) {
		return &refusal.Failed{File: file, Message: fmt.Sprintf(
			"%s refers to %s: repositories on this machine's disk are not read", file, repository.URL)}
	}
	return nil
}

// checkInside keeps another repository's kustomizations to their repository, as Kustomize does with what it clones.
func (p *preparation) checkInside(at place, reference slot) error {
	if at.repository == "" || strings.Contains(reference.text, "\n") {
		return nil
	}
	name := path.Join(at.directory, reference.text)
	if path.IsAbs(reference.text) {
		name = path.Clean(reference.text)
	}
	if isWithin(name, at.repository) {
		return nil
	}
	return fmt.Errorf("security; bases in kustomizations found in cloned git repos must be within the repo, "+
		"but base '%s' is outside '%s'", name, at.repository)
}

// relative is the way from a directory to a path; both start at the root.
func relative(from, to string) string {
	start, end := strings.Split(strings.Trim(from, "/"), "/"), strings.Split(strings.Trim(to, "/"), "/")
	if from == root {
		start = nil
	}
	same := 0
	for same < len(start) && same < len(end) && start[same] == end[same] {
		same++
	}
	return path.Join(".", strings.Repeat("../", len(start)-same), path.Join(end[same:]...))
}

// freeName is a name that nothing in the directory has.
func (p *preparation) freeName(directory, name string) string {
	for p.files.Exists(path.Join(directory, name)) {
		name = "_" + name
	}
	return name
}
