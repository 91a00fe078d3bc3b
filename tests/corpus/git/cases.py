"""What a case of the hostile corpus is: how the repository is made, and what the repo server must answer."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.repo_server.kitchen import config_map
from tests.repo_server.repositories import WorkTree

GOOD = config_map("good", color="green")


@dataclass(frozen=True)
class Renders:
    """The folder "app" renders to ConfigMaps with these data, by name."""

    data: Mapping[str, Any]


@dataclass(frozen=True)
class Refuses:
    """The request is refused with one of these codes, and with words that match."""

    codes: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Case:
    """One repository: `make` commits to branch main what is to be tried; `revision` is what the source asks for."""

    name: str
    make: Callable[[WorkTree], object]
    expected: Renders | Refuses
    revision: str = "main"


ONLY_GOOD = Renders({"good": {"color": "green"}})
UNSOUND = Refuses(("access_denied",), "its objects are not sound, and were not taken")


def write(tree: WorkTree, kind: str, content: bytes) -> str:
    """Write an object as it is, sound or not, and return its id."""
    done = subprocess.run(
        ["git", "-C", str(tree.folder), "hash-object", "-t", kind, "-w", "--stdin", "--literally"],
        input=content,
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    return done.stdout.decode().strip()


def entry(mode: str, name: str | bytes, identity: str) -> bytes:
    """Return an entry of a tree object."""
    encoded = name if isinstance(name, bytes) else name.encode()
    return mode.encode() + b" " + encoded + b"\0" + bytes.fromhex(identity)


def commit(tree: WorkTree, root: str, *, headers: str = "", message: bytes = b"change\n", author: str = "") -> str:
    """Commit a root directory, with these headers after the usual ones, and make it the head of main."""
    who = "Ada <ada@example.org> 1767319445 +0100"
    text = f"tree {root}\nauthor {author or who}\ncommitter {who}\n{headers}\n".encode() + message
    return on_main(tree, write(tree, "commit", text))


def on_main(tree: WorkTree, identity: str) -> str:
    """Make a commit the head of main, whatever git thinks of it."""
    (tree.folder / ".git" / "refs" / "heads").mkdir(exist_ok=True)
    (tree.folder / ".git" / "refs" / "heads" / "main").write_text(identity + "\n")
    return identity


def blob(tree: WorkTree, content: str = GOOD) -> str:
    """Write a file."""
    return write(tree, "blob", content.encode())


def folder(tree: WorkTree, files: Mapping[str, str]) -> str:
    """Write a directory with files by their paths, past git's index and what a repository's files tell that."""
    entries: dict[str, bytes] = {}
    for name in {path.partition("/")[0] for path in files}:
        below = {path.removeprefix(f"{name}/"): text for path, text in files.items() if path.startswith(f"{name}/")}
        if below:
            # Git sorts a folder as if its name ended in a slash.
            entries[f"{name}/"] = entry("40000", name, folder(tree, below))
        else:
            entries[name] = entry("100644", name, blob(tree, files[name]))
    return write(tree, "tree", b"".join(entries[name] for name in sorted(entries)))


def app_with(tree: WorkTree, *entries: bytes) -> str:
    """Commit a folder "app" with a good file and these entries, in the order given."""
    app = write(tree, "tree", b"".join((*entries, entry("100644", "good.yaml", blob(tree)))))
    return commit(tree, write(tree, "tree", entry("40000", "app", app)))
