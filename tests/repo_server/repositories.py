"""Real Git repositories to be served, and the parts of the repo server that reach them."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import ManualClock
from repo_server.git.access import HARDENED
from repo_server.git.command import Network
from repo_server.git.mirror import Mirror
from repo_server.git.mirrors import Mirrors

AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+01:00",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+01:00",
}


@dataclass(frozen=True)
class Link:
    """A symbolic link to be committed."""

    target: str


@dataclass(frozen=True)
class WorkTree:
    """A repository with a work tree; `commit` changes files and says which commit came of it."""

    folder: Path

    def git(self, *arguments: str, text: str | None = None) -> str:
        """Run git here and return what it prints."""
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            check=True,
            capture_output=True,
            text=True,
            input=text,
            env={"PATH": os.environ["PATH"], **HARDENED, "GIT_ALLOW_PROTOCOL": "file", **AUTHOR},
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | bytes | Link | None], message: str = "change") -> str:
        """Write, link or (None) remove files, commit, and return the commit id."""
        for name, content in files.items():
            path = self.folder / name
            path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            match content:
                case None:
                    pass
                case Link(target=target):
                    path.symlink_to(target)
                case str():
                    path.write_text(content)
                case bytes():
                    path.write_bytes(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


def link(tree: WorkTree, path: str, commit: str, url: str | None) -> str:
    """Commit a submodule, declared in .gitmodules unless `url` is None."""
    (tree.folder / path).mkdir(parents=True, exist_ok=True)
    tree.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{path}")
    if url is not None:
        with (tree.folder / ".gitmodules").open("a") as file:
            file.write(f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n')
        tree.git("add", ".gitmodules")
    tree.git("commit", "--quiet", "-m", "link")
    return tree.git("rev-parse", "HEAD")


@dataclass(frozen=True)
class Forge:
    """A folder of repositories, as they are served at `url`."""

    root: Path
    url: str
    requests: list[str] = field(default_factory=list)

    def create(self, name: str = "demo") -> WorkTree:
        """Make an empty repository on branch main."""
        folder = self.root / name
        folder.mkdir(parents=True)
        tree = WorkTree(folder)
        tree.git("init", "--quiet", "--initial-branch=main")
        return tree

    def address(self, name: str = "demo") -> str:
        """Return the URL of a repository."""
        return f"{self.url}/{name}/.git"

    def count(self, what: str) -> int:
        """Count the requests whose line holds this text."""
        return sum(what in request for request in self.requests)


@dataclass(frozen=True)
class Reach:
    """Mirrors in a folder of the test, on a clock that the test moves."""

    mirrors: Mirrors
    clock: ManualClock
    network: Network
    folder: Path

    async def mirror(self, url: str, **entry: str | bool | int) -> Mirror:
        """Return the mirror of a URL, reached with an entry of these fields."""
        return await self.mirrors.of(url, Repository(url=url, **entry))
