"""B-13 and B-14: names of files that trip up whoever takes them for more than names, and files of odd sizes.

Expected is the documented selection: what ends in .yaml, .yml or .json in a folder is read, whatever it is called.
"""

from collections.abc import Callable

from tests.corpus.git.cases import ONLY_GOOD, Case, Refuses, Renders, app_with, blob, commit, entry, write
from tests.repo_server.kitchen import config_map
from tests.repo_server.repositories import WorkTree

BOTH = Renders({"good": {"color": "green"}, "odd": {"a": "b"}})


def called(*names: str | bytes) -> Callable[[WorkTree], object]:
    """Return a maker of a folder with a file of each name besides the good one."""

    def make(tree: WorkTree) -> str:
        odd = blob(tree, config_map("odd", a="b"))
        encoded = [name if isinstance(name, bytes) else name.encode() for name in names]
        entries = dict.fromkeys(encoded, odd) | {b"good.yaml": blob(tree)}
        app = write(tree, "tree", b"".join(entry("100644", name, entries[name]) for name in sorted(entries)))
        return commit(tree, write(tree, "tree", entry("40000", "app", app)))

    return make


def twins(tree: WorkTree) -> str:
    """Commit two files whose names a Mac would take for one, and two that Windows would."""
    names = ["\u00e9.yaml", "e\u0301.yaml", "Case.yaml", "case.yaml"]
    files = {name.encode(): blob(tree, config_map(f"n{number}")) for number, name in enumerate(names)}
    files[b"good.yaml"] = blob(tree)
    app = write(tree, "tree", b"".join(entry("100644", name, files[name]) for name in sorted(files)))
    return commit(tree, write(tree, "tree", entry("40000", "app", app)))


def crowd(tree: WorkTree) -> str:
    """Commit 50,000 files that are not read beside the one that is."""
    content = blob(tree, "not read")
    names = [*(f"{number:05}.txt".encode() for number in range(50_000)), b"good.yaml"]
    entries = b"".join(entry("100644", name, blob(tree) if name == b"good.yaml" else content) for name in names)
    return commit(tree, write(tree, "tree", entry("40000", "app", write(tree, "tree", entries))))


def too_many(tree: WorkTree) -> str:
    """Commit 10 folders of 11,000 files."""
    content = blob(tree, "not read")
    folder = write(tree, "tree", b"".join(entry("100644", f"{number:05}.txt", content) for number in range(11_000)))
    app = b"".join(entry("40000", f"f{number}", folder) for number in range(10))
    app += entry("100644", "good.yaml", blob(tree))
    return commit(tree, write(tree, "tree", entry("40000", "app", write(tree, "tree", app))))


def zeros(size: int, name: str) -> Callable[[WorkTree], object]:
    """Return a maker of a file of nothing but zeros, which packs to a thousandth."""
    return lambda tree: app_with(tree, entry("100644", name, write(tree, "blob", bytes(size))))


CASES = [
    Case("leading dash", called("-o.yaml"), BOTH),
    Case("option", called("--upload-pack=touch marker.yaml"), BOTH),
    Case("newline", called("a\nb.yaml"), BOTH),
    Case("quotes and dollar", called("$(touch marker)`touch marker`'\";.yaml"), BOTH),
    Case("backslash", called("..\\..\\a.yaml"), BOTH),
    Case("255 bytes", called("x" * 250 + ".yaml"), BOTH),
    Case("4,000 bytes", called("x" * 4000 + ".yaml"), BOTH),
    Case("not UTF-8", called(b"\xff\xfe.yaml"), BOTH),
    Case("control characters", called("\x1b[31m\x07.yaml"), BOTH),
    Case("device of another system", called("CON", "NUL.yaml"), BOTH),
    Case("upper case ending", called("a.YAML"), ONLY_GOOD),
    Case("editor's leftovers", called("a.yaml.swp", "a.yaml~", "#a.yaml#", "a.yaml.orig"), ONLY_GOOD),
    Case("hidden", called(".a.yaml"), BOTH),
    Case("one name in two forms", twins, Renders({"good": {"color": "green"}, **{f"n{n}": None for n in range(4)}})),
    Case("50,000 in one folder", crowd, ONLY_GOOD),
    Case("110,000 in all", too_many, Refuses(("limit_exceeded",), "more than 100,000 entries")),
]

ODD_FILES = [
    Case(
        "50 MB that is read",
        zeros(50_000_000, "big.yaml"),
        Refuses(("limit_exceeded",), "hold 50,000,0.. bytes together"),
    ),
    Case("50 MB that is not read", zeros(50_000_000, "big.bin"), ONLY_GOOD),
]
