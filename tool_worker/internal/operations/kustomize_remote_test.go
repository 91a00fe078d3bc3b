package operations

import (
	"slices"
	"strings"
	"testing"
)

func TestRepositoriesAreToldApartAsKustomizeDoes(t *testing.T) { // after Kustomize's own repospec_test.go
	for text, want := range map[string]remoteRepository{
		"git@github.com:org/repo.git":                        {URL: "git@github.com:org/repo.git"},
		"git::git@github.com:org/repo/base":                  {URL: "git@github.com:org/repo", Path: "base"},
		"org-12345@github.com/org/repo":                      {URL: "org-12345@github.com:org/repo"},
		"gitHub.com/org/repo/a/b?ref=v1":                     {URL: "https://github.com/org/repo", Path: "a/b", Ref: "v1"},
		"github.com:org/repo":                                {URL: "https://github.com/org/repo"},
		"hTTps://github.com/org/repo":                        {URL: "https://github.com/org/repo"},
		"http://github.com/org/repo":                         {URL: "https://github.com/org/repo"},
		"ssh://git@github.com/org/repo":                      {URL: "git@github.com:org/repo"},
		"ssh://git.example.com:7999/org/repo//a?version=v2":  {URL: "ssh://git.example.com:7999/org/repo", Path: "a", Ref: "v2"},
		"ssh://user@git.example.com:7999/org/repo":           {URL: "ssh://user@git.example.com:7999/org/repo"},
		"https://example.com/scm/project/repo.git/a?ref=b":   {URL: "https://example.com/scm/project/repo.git", Path: "a", Ref: "b"},
		"https://example.com/a/b/c//deploy/x":                {URL: "https://example.com/a/b/c", Path: "deploy/x"},
		"https://me@dev.azure.com/org/project/_git/repo/a/b": {URL: "https://me@dev.azure.com/org/project/_git/repo", Path: "a/b"},
		"https://example.com/org/repo?ref=a/b&version=c":     {URL: "https://example.com/org/repo", Ref: "a/b"},
		"https://example.com/org/repo?submodules=0":          {URL: "https://example.com/org/repo"},
		"git::https://gitlab.com/org/repo?timeout=10s":       {URL: "https://gitlab.com/org/repo"},
		"user@example.com:org/repo//a":                       {URL: "user@example.com:org/repo", Path: "a"},
		"file:///srv/repo//a":                                {URL: "file:///srv/repo", Path: "a"},
		"https://example.com/org/repo.git//../repo.git/a":    {},
	} {
		want.Kind, want.Submodules = "repository", !strings.Contains(text, "submodules=0")
		got, ok := parseRepository(text)
		if text == "https://example.com/org/repo.git//../repo.git/a" {
			if ok {
				t.Errorf("%s leaves its repository: %+v", text, got)
			}
		} else if !ok || got != want {
			t.Errorf("%s: got %+v %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "/abs/path", "../base", "a.yaml", "github.yaml", "base/refs", "a@b.yaml", "example.com/org/repo.git//base",
		"https://github.com/org", "https://", "git::", "ssh://", "iauhsguysdfguyg", "htxxtp://github.com/a/b",
		"apiVersion: v1\nurl: https://example.com/a/b\n", "https://github.com/org/repo/../../..", "user@example.com:",
		"http:", "github.com", "git@",
	} {
		if got, ok := parseRepository(text); ok {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestWhatAReferenceMayMeanIsOrdered(t *testing.T) {
	for text, want := range map[string]string{
		"https://example.com/org/repo/install.yaml":        "file repository",
		"https://example.com/install.yml?version=1":        "file",
		"https://example.com/org/repo/x.yaml?ref=1":        "file repository",
		"https://example.com/org/repo":                     "repository file",
		"https://example.com/org/repo//base":               "repository",
		"https://example.com/org/repo.git":                 "repository",
		"https://example.com/org/repo?ref=main":            "repository",
		"https://dev.azure.com/org/_git/repo":              "repository",
		"https://example.com/install":                      "file",
		"github.com/org/repo":                              "repository",
		"base":                                             "",
		"apiVersion: v1\nx: https://example.com/a/b\n":     "",
		"{apiVersion: v1, x: https://example.com/a/b.yml}": "",
	} {
		var got []string
		for _, meant := range meanings(text, true) {
			switch meant.(type) {
			case remoteFile:
				got = append(got, "file")
			case remoteRepository:
				got = append(got, "repository")
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
	if got := meanings("https://example.com/org/repo", false); !slices.Equal(got, []any{
		remoteFile{Kind: "file", URL: "https://example.com/org/repo"},
	}) {
		t.Errorf("where only a file will do: %v", got)
	}
}

func TestTheWayFromHereToThere(t *testing.T) {
	for _, c := range [][3]string{
		{"/app", "/.other/x", "../.other/x"}, {"/", "/a/b", "a/b"}, {"/a/b", "/a", ".."}, {"/a/b", "/a/c/d", "../c/d"},
		{"/a", "/a/b", "b"},
	} {
		if got := relative(c[0], c[1]); got != c[2] {
			t.Errorf("from %s to %s: %s", c[0], c[1], got)
		}
	}
}
