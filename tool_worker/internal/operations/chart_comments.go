package operations

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// comment is what is said of a value.
type comment struct {
	text      string
	kind      string
	byDefault string
	explicit  bool // meant for readers of the documentation
	ignored   bool
}

// comments are the lines of a values file, and what is said of values by their names.
type comments struct {
	lines  []string
	byName map[string]comment
}

var (
	explicitComment = regexp.MustCompile(`^#+\s*--(?:\s+\(([^)]+)\))?\s*(.*)$`)
	namedComment    = regexp.MustCompile(`^#+\s*([\w."\[\]\\/-]+)\s+--(?:\s+\(([^)]+)\))?\s+(.*)$`)
	paramComment    = regexp.MustCompile(`^##+\s*@(?:param|extra)\s+(\S+)\s+(?:\[[^\]]*\]\s*)?(.*)$`)
	defaultComment  = regexp.MustCompile(`^#+\s*@default\s+--\s*(.*)$`)
	directive       = regexp.MustCompile(`^#+\s*@`)
	plainComment    = regexp.MustCompile(`^#+\s?(.*)$`)
)

func readComments(text []byte) comments {
	all := comments{lines: strings.Split(string(text), "\n"), byName: map[string]comment{}}
	for i := 0; i < len(all.lines); i++ {
		line := strings.TrimSpace(all.lines[i])
		if match := paramComment.FindStringSubmatch(line); match != nil {
			all.byName[match[1]] = comment{text: match[2]}
		} else if match := namedComment.FindStringSubmatch(line); match != nil {
			end := i + 1
			for end < len(all.lines) && strings.HasPrefix(strings.TrimSpace(all.lines[end]), "#") {
				end++
			}
			found := readBlock(append([]string{"# -- " + match[3]}, all.lines[i+1:end]...))
			found.kind = match[2]
			all.byName[match[1]] = found
		}
	}
	return all
}

// of returns what is said of a value: by its name, in the lines right above its key, or behind it.
func (c comments) of(name string, key *yaml.Node) comment {
	if named, found := c.byName[name]; found {
		return named
	}
	start := key.Line - 1
	for start > 0 && strings.HasPrefix(strings.TrimSpace(c.lines[start-1]), "#") {
		start--
	}
	found := readBlock(c.lines[start : key.Line-1])
	if found.text == "" && !found.explicit && key.Line <= len(c.lines) {
		if _, behind, commented := strings.Cut(c.lines[key.Line-1], " #"); commented && !strings.ContainsAny(behind, `"'`) {
			found.text = strings.TrimSpace(strings.TrimLeft(behind, "#- "))
		}
	}
	return found
}

// readBlock reads comment lines that belong together. After a line that starts with "--" only what comes from there
// counts.
func readBlock(lines []string) comment {
	var found comment
	var words []string
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if match := explicitComment.FindStringSubmatch(line); match != nil {
			found.explicit, found.kind, words = true, match[1], []string{match[2]}
		} else if match := defaultComment.FindStringSubmatch(line); match != nil {
			found.byDefault = match[1]
		} else if directive.MatchString(line) {
			found.ignored = found.ignored || strings.HasSuffix(line, "@ignored")
		} else if match := plainComment.FindStringSubmatch(line); match != nil && !namedComment.MatchString(line) {
			words = append(words, match[1])
		}
	}
	found.text = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	return found
}
