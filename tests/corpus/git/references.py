"""B-53: refs that lead to what is no commit, or nowhere. What a listing may hold is in `test_resolve` and its kin."""

from collections.abc import Callable

from tests.corpus.git.cases import GOOD, ONLY_GOOD, Case, Refuses, write
from tests.repo_server.repositories import WorkTree

NO_COMMIT = Refuses(("revision_not_found",), "does not hand out commit|unable to resolve|does not have the revision")


def with_ref(name: str, target: Callable[[WorkTree], str]) -> Callable[[WorkTree], object]:
    """Return a maker of the good application, and of a ref to something in it."""

    def make(tree: WorkTree) -> None:
        tree.commit({"app/good.yaml": GOOD})
        path = tree.folder / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(target(tree) + "\n")

    return make


def tag(tree: WorkTree, target: str, kind: str) -> str:
    """Write an annotated tag of an object of a kind."""
    text = f"object {target}\ntype {kind}\ntag t\ntagger Ada <ada@example.org> 0 +0000\n\nx\n"
    return write(tree, "tag", text.encode())


def tags_of_tags(tree: WorkTree) -> str:
    """Write a tag of a tag of a tag of the newest commit."""
    target, kind = tree.git("rev-parse", "HEAD"), "commit"
    for _ in range(3):
        target, kind = tag(tree, target, kind), "tag"
    return target


def garbage(tree: WorkTree) -> None:
    """Commit the good application to a repository whose list of refs is partly nonsense."""
    tree.commit({"app/good.yaml": GOOD})
    tree.git("pack-refs", "--all")
    tree.git("update-ref", "refs/heads/other", "HEAD")
    (tree.folder / ".git" / "refs" / "heads" / "nonsense").write_text("no id at all\n")
    (tree.folder / ".git" / "refs" / "heads" / "empty").write_text("")


def loop(tree: WorkTree) -> None:
    """Commit the good application, and two refs that stand for each other."""
    tree.commit({"app/good.yaml": GOOD})
    tree.git("symbolic-ref", "refs/heads/a", "refs/heads/b")
    tree.git("symbolic-ref", "refs/heads/b", "refs/heads/a")


CASES = [
    Case(
        "tag of a blob",
        with_ref("refs/tags/t", lambda tree: tree.git("rev-parse", "HEAD:app/good.yaml")),
        NO_COMMIT,
        "t",
    ),
    Case(
        "annotated tag of a blob",
        with_ref("refs/tags/t", lambda tree: tag(tree, tree.git("rev-parse", "HEAD:app/good.yaml"), "blob")),
        NO_COMMIT,
        "t",
    ),
    Case(
        "tag of a tag of a blob",
        with_ref(
            "refs/tags/t",
            lambda tree: tag(tree, tag(tree, tree.git("rev-parse", "HEAD:app/good.yaml"), "blob"), "tag"),
        ),
        NO_COMMIT,
        "t",
    ),
    Case("tag of a tree", with_ref("refs/tags/t", lambda tree: tree.git("rev-parse", "HEAD^{tree}")), NO_COMMIT, "t"),
    Case(
        "ref to a tree",
        with_ref("refs/odd/t", lambda tree: tree.git("rev-parse", "HEAD^{tree}")),
        NO_COMMIT,
        "refs/odd/t",
    ),
    Case("tag of a tag of a tag", with_ref("refs/tags/t", tags_of_tags), ONLY_GOOD, "t"),
    Case("the id of a blob", lambda tree: tree.commit({"app/good.yaml": GOOD}), NO_COMMIT, "a" * 40),
    Case("refs in a circle", loop, ONLY_GOOD),
    Case("one of the circle", loop, NO_COMMIT, "a"),
    Case("refs that are nonsense", garbage, ONLY_GOOD),
    Case("the nonsense itself", garbage, NO_COMMIT, "nonsense"),
]
