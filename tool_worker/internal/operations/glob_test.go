package operations

import (
	"strings"
	"testing"
)

func TestGlobsMatchWithAndWithoutSeparators(t *testing.T) {
	texts := []string{"a", "a/b", "a/b/c", "ab"}
	for _, one := range []struct{ pattern, separators, want string }{
		{"a*", "", "[true,true,true,true]"}, {"a*", "/", "[true,false,false,true]"}, {"a/**", "/", "[false,true,true,false]"},
		{"{a,ab}", "/", "[true,false,false,true]"}, {"a?", "", "[false,false,false,true]"}, {"[!b]", "", "[true,false,false,false]"},
	} {
		got := only(t, "glob", item{"pattern": one.pattern, "separators": one.separators, "texts": texts}, nil)
		if got != answered(one.want) {
			t.Errorf("%v: got %s", one, got)
		}
	}
	for _, pattern := range []string{"[", "[a-"} {
		if got := only(t, "glob", item{"pattern": pattern, "texts": texts}, nil); !strings.HasPrefix(got, `{"kind":"declined"`) {
			t.Errorf("%s: got %s", pattern, got)
		}
	}
}
