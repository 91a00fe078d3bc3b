package operations

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/pkg/util"
	"sigs.k8s.io/kustomize/api/types"
)

// setImages replaces the entries of the same name; a "*" keeps what is there, and the result is sorted by name.
func (e kustomizeEdit) setImages(k *types.Kustomization) error {
	if len(e.Images) == 0 {
		return nil
	}
	byName := map[string]types.Image{}
	for _, image := range k.Images {
		byName[image.Name] = image
	}
	for _, text := range e.Images {
		image, err := parseImage(text)
		if err != nil {
			return err
		}
		old := byName[image.Name]
		for _, field := range []struct{ now, before *string }{
			{&image.NewName, &old.NewName}, {&image.NewTag, &old.NewTag}, {&image.Digest, &old.Digest},
		} {
			if *field.now == "*" {
				*field.now = *field.before
			}
		}
		byName[image.Name] = image
	}
	k.Images = nil
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		k.Images = append(k.Images, byName[name])
	}
	return nil
}

// parseImage reads `name:tag`, `name@digest`, `name=new`, `name=new:tag`, `name=new@digest`, with `*` for "as it is".
func parseImage(text string) (types.Image, error) {
	name, replacement, renamed := strings.Cut(text, "=")
	if !renamed {
		replacement = text
	}
	base, tag, digest := util.SplitImageName(replacement)
	switch {
	case base == text || base == "" || (renamed && name == ""):
		return types.Image{}, fmt.Errorf("invalid image %q: expected <image>=<newimage>, <image>:<newtag> or "+
			"<image>@<digest>, or a new image with a tag or digest", text)
	case renamed:
		return types.Image{Name: name, NewName: base, NewTag: tag, Digest: digest}, nil
	default:
		return types.Image{Name: base, NewTag: tag, Digest: digest}, nil
	}
}
