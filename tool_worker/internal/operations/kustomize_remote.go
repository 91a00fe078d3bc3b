package operations

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// remoteFile is one thing that a reference may mean.
type remoteFile struct {
	Kind string `json:"kind"`
	URL  string `json:"url"`
}

// remoteRepository is the other.
type remoteRepository struct {
	Kind       string `json:"kind"`
	URL        string `json:"url"`
	Path       string `json:"path"`
	Ref        string `json:"ref"`
	Submodules bool   `json:"submodules"`
}

// meanings are what Kustomize may find behind a reference on another host; empty for what is local. Kustomize asks for
// a file first, whatever the reference looks like; here what looks like a repository is tried as one first, and what
// says that it is one is not asked for as a file.
func meanings(reference string, isTree bool) []any {
	repository, isRepository := parseRepository(reference)
	isRepository = isRepository && isTree
	file, isFile := remoteFile{Kind: "file", URL: reference}, isRemoteFile(reference)
	switch {
	case isFile && isRepository && looksLikeFile.MatchString(reference):
		return []any{file, repository}
	case isFile && isRepository && !saysRepository.MatchString(reference):
		return []any{repository, file}
	case isRepository:
		return []any{repository}
	case isFile:
		return []any{file}
	default:
		return nil
	}
}

var (
	looksLikeFile  = regexp.MustCompile(`^[^?]*\.(?:ya?ml|json)(?:\?|$)`)
	saysRepository = regexp.MustCompile(`\.git(?:[/?]|$)|_git/|[^:]//|[?&](?:ref|version|submodules|timeout)=`)
)

// isRemoteFile is Kustomize's api/internal/loader.IsRemoteFile.
func isRemoteFile(reference string) bool {
	parsed, err := url.Parse(reference)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https")
}

const fileScheme = "file://"

// parseRepository reads a URL of a repository as Kustomize's api/internal/git.NewRepoSpecFromURL does, which is not for
// others to call: `[git::]scheme://[user@]host/org/repo[.git][//]path?ref=...`, `user@host:org/repo`, and
// `github.com/org/repo/path`. It returns false for what is no such URL.
func parseRepository(text string) (remoteRepository, bool) {
	found := remoteRepository{Kind: "repository"}
	if path.IsAbs(text) || strings.ContainsAny(text, "\n\r") {
		return found, false
	}
	text, query, _ := strings.Cut(text, "?")
	found.Ref, found.Submodules = parseQuery(query)
	host, rest, ok := cutHost(text)
	if !ok {
		return found, false
	}
	repository, below, ok := cutRepository(rest, strings.HasPrefix(host, fileScheme))
	below = strings.TrimPrefix(below, "/")
	if first, _, _ := strings.Cut(path.Clean(below), "/"); !ok || repository == "" || first == ".." {
		return found, false
	}
	found.URL, found.Path = host+repository, below
	return found, true
}

func parseQuery(query string) (ref string, submodules bool) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", true
	}
	ref = values.Get("version")
	if explicit := values.Get("ref"); explicit != "" {
		ref = explicit
	}
	submodules, err = strconv.ParseBool(values.Get("submodules"))
	return ref, submodules || err != nil
}

var userName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*@`)

// cutHost returns scheme, user and host, and what comes after them.
func cutHost(text string) (host, rest string, ok bool) {
	_, text = cutPrefixFold(text, "git::")
	scheme := ""
	for _, known := range []string{"ssh://", "https://", "http://", fileScheme} {
		if scheme, text = cutPrefixFold(text, known); scheme != "" {
			break
		}
	}
	user := userName.FindString(text)
	text = text[len(user):]
	lower := strings.ToLower(text)
	isGitHub := strings.HasPrefix(lower, "github.com/") || strings.HasPrefix(lower, "github.com:")
	likeSCP := scheme == "" && (user != "" || isGitHub)
	switch {
	case scheme == "" && !likeSCP:
		return "", "", false
	case scheme == fileScheme:
		return scheme, user + text, true
	}
	end := strings.Index(text, "/")
	if colon := strings.Index(text, ":"); likeSCP && (end < 0 || (colon > 0 && colon < end)) {
		end = colon
	}
	if end < 0 {
		return "", "", false
	}
	host, rest = scheme+user+text[:end+1], text[end+1:]
	switch {
	case isGitHub && (scheme == "ssh://" || user != ""):
		host = user + "github.com:"
	case isGitHub:
		host = "https://github.com/"
	}
	return host, rest, true
}

func cutPrefixFold(text, prefix string) (cut, rest string) {
	if len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
		return prefix, text[len(prefix):]
	}
	return "", text
}

// cutRepository tells the repository from the folder in it: by a mark, else by the two names that GitHub has.
func cutRepository(text string, isFile bool) (repository, below string, ok bool) {
	const azure, suffix = "_git/", ".git"
	if mark := strings.Index(text, azure); mark >= 0 {
		name, rest, _ := strings.Cut(text[mark+len(azure):], "/")
		return text[:mark+len(azure)] + name, rest, true
	}
	if mark := strings.Index(text, "//"); mark >= 0 {
		return text[:mark], text[mark+2:], true
	}
	if mark := strings.Index(text, suffix); mark >= 0 {
		return text[:mark+len(suffix)], text[mark+len(suffix):], true
	}
	if isFile {
		return text, "", true
	}
	names := strings.SplitN(text, "/", 3)
	if len(names) < 2 {
		return "", "", false
	}
	return strings.Join(names[:2], "/"), strings.Join(names[2:], "/"), true
}
