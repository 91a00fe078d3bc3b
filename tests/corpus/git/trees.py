"""B-50: trees that no git would write. Git's object check refuses them on arrival; nothing is ever checked out."""

from collections.abc import Callable

from tests.corpus.git.cases import ONLY_GOOD, UNSOUND, Case, Refuses, app_with, blob, commit, entry, write
from tests.repo_server.repositories import WorkTree

NO_URL = Refuses(("path_not_found",), "submodule 'app/a': it has no URL in .gitmodules")
NOT_TAKEN = Refuses(("access_denied", "unavailable"), "not sound|git said")


def named(name: str | bytes, mode: str = "100644") -> Callable[[WorkTree], object]:
    return lambda tree: app_with(tree, entry(mode, name, blob(tree)))


def twice(tree: WorkTree) -> str:
    return app_with(tree, entry("100644", "a.yaml", blob(tree)), entry("100644", "a.yaml", blob(tree, "other")))


def file_and_folder(tree: WorkTree) -> str:
    below = write(tree, "tree", entry("100644", "x", blob(tree)))
    return app_with(tree, entry("100644", "a", blob(tree)), entry("40000", "a", below))


def unsorted(tree: WorkTree) -> str:
    return app_with(tree, entry("100644", "z.yaml", blob(tree)))


def folder_that_is_a_file(tree: WorkTree) -> str:
    return app_with(tree, entry("40000", "a", blob(tree)))


def file_that_is_a_folder(tree: WorkTree) -> str:
    return app_with(tree, entry("100644", "a.yaml", write(tree, "tree", entry("100644", "x", blob(tree)))))


def zero_padded(tree: WorkTree) -> str:
    app = write(tree, "tree", entry("100644", "good.yaml", blob(tree)))
    return commit(tree, write(tree, "tree", entry("040000", "app", app)))


def cut_short(tree: WorkTree) -> str:
    return commit(tree, write(tree, "tree", entry("40000", "app", blob(tree))[:-3]))


def million(tree: WorkTree) -> str:
    content = blob(tree, "")
    below = write(tree, "tree", b"".join(entry("100644", f"{number:07}", content) for number in range(1_000_000)))
    app = write(tree, "tree", entry("100644", "good.yaml", blob(tree)) + entry("40000", "many", below))
    return commit(tree, write(tree, "tree", entry("40000", "app", app)))


def deep(levels: int) -> Callable[[WorkTree], object]:
    def make(tree: WorkTree) -> str:
        folder = write_many(tree, levels)
        return app_with(tree, entry("40000", "deep", folder))

    return make


def write_many(tree: WorkTree, levels: int) -> str:
    """Write folders within folders, the innermost with a file, by git's own fast way in."""
    folder = "deep/" + "d/" * (levels - 1)
    stream = (
        "blob\nmark :1\ndata 4\na: b\n"
        f"commit refs/heads/deep\ncommitter A <a@b> 1 +0000\ndata 1\nx\nM 644 :1 {folder}x\n"
    )
    tree.git("fast-import", "--quiet", text=stream)
    return tree.git("rev-parse", "refs/heads/deep:deep")


CASES = [
    *(
        Case(f"entry {name!r}", named(name), UNSOUND)
        for name in (".git", ".GIT", ".Git", "git~1", ".git ", ".git...", ".git\u200c", ".", "..", "a/b", "../b")
    ),
    Case("entry ''", named(""), NOT_TAKEN),
    Case("entry twice", twice, UNSOUND),
    Case("file and folder of one name", file_and_folder, UNSOUND),
    Case("unsorted", unsorted, UNSOUND),
    Case("cut short", cut_short, NOT_TAKEN),
    Case("folder that is a file", folder_that_is_a_file, NOT_TAKEN),
    Case("file that is a folder", file_that_is_a_folder, NOT_TAKEN),
    Case("mode of a device", named("a", "20666"), ONLY_GOOD),
    Case("mode of a pipe", named("a", "10644"), ONLY_GOOD),
    Case("mode 777777", named("a", "777777"), ONLY_GOOD),
    Case("mode with a zero before it", zero_padded, ONLY_GOOD),
    Case("gitlink without module", lambda tree: app_with(tree, entry("160000", "a", "1" * 40)), NO_URL),
    Case("a million entries", million, Refuses(("limit_exceeded",), "bytes")),
    Case("300 levels", deep(300), Refuses(("limit_exceeded",), "levels")),
    Case("10,000 levels", deep(10_000), Refuses(("limit_exceeded", "access_denied"), "levels|sound")),
]
