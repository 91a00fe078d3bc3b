package documents

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

// kubernetes cuts with the reader that we follow, but for what it leaves to the parser: a separator in front of the
// first document, or of an empty one, stays in its text.
func kubernetes(content []byte) (pieces []string, failed bool) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		piece, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return pieces, false
		}
		if err != nil {
			return pieces, true
		}
		text := string(piece)
		if strings.HasPrefix(text, "---") {
			_, text, _ = strings.Cut(text, "\n")
		}
		if text != "" {
			pieces = append(pieces, text)
		}
	}
}

func sameAsKubernetes(t *testing.T, content []byte) {
	t.Helper()
	want, wantFailed := kubernetes(content)
	got, badLine, err := split(content)
	if (err != nil) != wantFailed || (badLine > 0) != wantFailed {
		t.Fatalf("%q: error %v on line %d, Kubernetes fails: %v", content, err, badLine, wantFailed)
	}
	// On an error we return what came before the bad line; Kubernetes has thrown away the piece that it was in.
	if wantFailed {
		got = got[:min(len(got), len(want))]
	}
	if len(got) != len(want) {
		t.Fatalf("%q: %d pieces, Kubernetes has %d: %q", content, len(got), len(want), want)
	}
	lines := strings.Split(string(content), "\n")
	for i, piece := range got {
		text := strings.ReplaceAll(string(piece.Text), "\r\n", "\n")
		if strings.TrimSuffix(text, "\n") != strings.TrimSuffix(want[i], "\n") {
			t.Fatalf("%q: piece %d is %q, Kubernetes' is %q", content, i, text, want[i])
		}
		first, _, _ := strings.Cut(string(piece.Text), "\n")
		if lines[piece.Line-1] != first {
			t.Fatalf("%q: piece %d starts with %q, line %d is %q", content, i, first, piece.Line, lines[piece.Line-1])
		}
	}
}

var streams = []string{
	"", "\n", "a: 1", "a: 1\n", "---\na: 1\n", "---\n---\n---\n", "a: 1\n---\nb: 1\n", "a: 1\n--- # why\nb: 1",
	"a: 1\n---   \nb: 1\n---", "a: |\n  x\n---\nb: 1\n", "a: 1\r\n---\r\nb: 1\r\n", "a: 1\n--- b\nc: 1\n", "a: 1\n----\n",
	" ---\na: 1\n", "# x\n---\n# y\n", "\n\na: 1\n\n---\n\n\nb: 1\n",
}

func TestSplitIsKubernetes(t *testing.T) {
	for _, stream := range streams {
		sameAsKubernetes(t, []byte(stream))
	}
}

// randomStream puts together lines that matter to a splitter, in any order, with and without an end of the last one.
func randomStream(random *rand.Rand, ends ...string) string {
	lines := []string{"a: 1", "b: |", "  x", "---", "--- # c", "---  ", "", "# c", " ---", "----", "--- d", "-", "--", "é: 1"}
	var stream strings.Builder
	for range random.IntN(8) {
		stream.WriteString(lines[random.IntN(len(lines))] + ends[random.IntN(len(ends))])
	}
	if random.IntN(2) == 0 {
		stream.WriteString(lines[random.IntN(len(lines))])
	}
	return stream.String()
}

func TestSplitIsKubernetesOnRandomStreams(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		sameAsKubernetes(t, []byte(randomStream(random, "\n", "\n", "\r\n")))
	}
}

func sameAsHelm(t *testing.T, content string) {
	t.Helper()
	want := releaseutil.SplitManifests(content)
	got := splitAsHelm([]byte(content))
	if len(got) != len(want) {
		t.Fatalf("%q: %d pieces, Helm has %d: %q", content, len(got), len(want), want)
	}
	lines := strings.Split(content, "\n")
	for i, piece := range got {
		if helms := want["manifest-"+string(rune('0'+i))]; i < 10 && string(piece.Text) != helms {
			t.Fatalf("%q: piece %d is %q, Helm's is %q", content, i, piece.Text, helms)
		}
		first, _, _ := strings.Cut(string(piece.Text), "\n")
		if !strings.HasSuffix(lines[piece.Line-1], first) && !strings.Contains(first, "---") {
			t.Fatalf("%q: piece %d starts with %q, line %d is %q", content, i, first, piece.Line, lines[piece.Line-1])
		}
	}
}

var helmStreams = append([]string{
	"---apiVersion: v1\nkind: A\n", "a: 1\n---b: 1\n---\t \nc: 1\n", "\n\n  a: 1\n---\n  b: 1\n", "--- # Source\na: 1",
}, streams...)

func TestSplitAsHelmIsHelm(t *testing.T) {
	for _, stream := range helmStreams {
		sameAsHelm(t, stream)
	}
}

func TestSplitAsHelmIsHelmOnRandomStreams(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		sameAsHelm(t, randomStream(random, "\n"))
	}
}
