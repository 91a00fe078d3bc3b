"""B-51: commits that were written by hand. What git's object check lets through renders as any other does."""

from collections.abc import Callable

from tests.corpus.git.cases import ONLY_GOOD, UNSOUND, Case, Refuses, blob, commit, entry, on_main, write
from tests.repo_server.repositories import WorkTree


def root(tree: WorkTree) -> str:
    """Write a root directory with the good application."""
    app = write(tree, "tree", entry("100644", "good.yaml", blob(tree)))
    return write(tree, "tree", entry("40000", "app", app))


def written(*, headers: str = "", message: bytes = b"change\n", author: str = "") -> Callable[[WorkTree], object]:
    """Return a maker of a commit of the good application."""
    return lambda tree: commit(tree, root(tree), headers=headers, message=message, author=author)


def raw(text: str) -> Callable[[WorkTree], object]:
    """Return a maker of a commit with this text, "ROOT" in it replaced by the good application."""
    return lambda tree: on_main(tree, write(tree, "commit", text.replace("ROOT", root(tree)).encode()))


def ten_parents(tree: WorkTree) -> str:
    """Commit with ten parents."""
    parents = [commit(tree, root(tree), message=b"%d\n" % number) for number in range(10)]
    lines = "".join(f"parent {parent}\n" for parent in parents)
    who = "Ada <ada@example.org> 1767319445 +0100"
    text = f"tree {root(tree)}\n{lines}author {who}\ncommitter {who}\n\nmerge\n"
    return on_main(tree, write(tree, "commit", text.encode()))


ADA = "Ada <ada@example.org> 1767319445 +0100"
REFUSED = Refuses(("access_denied", "unavailable", "revision_not_found", "repository_not_found"), ".")

CASES = [
    Case("message of 10 MB", written(message=b"x" * 10_000_000), ONLY_GOOD),
    Case("message of no text", written(message=bytes(range(1, 256))), ONLY_GOOD),
    Case("message with zeros in it", written(message=b"a\0b"), ONLY_GOOD),
    Case("no message", written(message=b""), ONLY_GOOD),
    Case("encoding that is none", written(headers="encoding no/such thing\n"), ONLY_GOOD),
    Case("header that nobody knows", written(headers="x-odd \x1b[31m\n"), ONLY_GOOD),
    Case("signature that is none", written(headers="gpgsig nonsense\n"), ONLY_GOOD),
    Case("ten parents", ten_parents, ONLY_GOOD),
    Case("author in colour", written(author="\x1b[31mred\x1b[0m <a@b> 0 +0000"), ONLY_GOOD),
    Case("author with brackets", written(author="<<a> <b>> 0 +0000"), UNSOUND),
    Case("author of nobody", written(author="0 +0000"), UNSOUND),
    Case("the year 1,000,000", written(author="A <a@b> 31494784780800 +0000"), ONLY_GOOD),
    Case("a date beyond all numbers", written(author="A <a@b> 99999999999999999999999 +0000"), UNSOUND),
    Case("a date before all", written(author="A <a@b> -1 +0000"), UNSOUND),
    Case("zone that is none", written(author="A <a@b> 0 +9999999"), ONLY_GOOD),
    Case("no tree", raw(f"author {ADA}\ncommitter {ADA}\n\nx\n"), REFUSED),
    Case("tree that is a word", raw(f"tree nonsense\nauthor {ADA}\ncommitter {ADA}\n\nx\n"), REFUSED),
    Case("tree that is not there", raw(f"tree {'1' * 40}\nauthor {ADA}\ncommitter {ADA}\n\nx\n"), REFUSED),
    Case("no committer", raw(f"tree ROOT\nauthor {ADA}\n\nx\n"), UNSOUND),
    Case("nothing", raw(""), REFUSED),
]
