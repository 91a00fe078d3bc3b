"""Folders on this machine, and the repositories that they stand for. Called by the commands that render offline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from argosy.cli.errors import CommandError
from argosy.engine.model.source import Source
from argosy.engine.settings import urls
from repo_server.local import worktree


@dataclass(frozen=True)
class Place:
    """A folder: the root that nothing is read outside of, and the path of the folder in it ("" is the root)."""

    root: Path
    path: str

    @property
    def url(self) -> str:
        """The URL of the repository whose work tree it is, as its first remote has it; else that of the folder."""
        found = worktree.remotes(self.root)
        return urls.without_password(found[0]) if found else self.root.as_uri()


def place_of(folder: str, *, root: str | None = None) -> Place:
    """Return where a folder is: in the root given, else in its Git work tree, else by itself.

    Raises `CommandError` for what is no folder, or not in the root.
    """
    found = _folder(folder)
    top = _folder(root) if root else worktree.top(found) or found
    if not found.is_relative_to(top):
        raise CommandError(f"{folder} is not in {root}", advice="Name a folder above it with --local-repo-root.")
    path = found.relative_to(top).as_posix()
    return Place(root=top, path="" if path == "." else path)


def folders_for(sources: Sequence[Source], local: Sequence[str]) -> Mapping[str, Path]:
    """Return the folders that stand for the sources' repositories, by the URL that the sources have.

    An entry of `local` is `URL=FOLDER`, or a folder in a Git work tree, which stands for its remotes' repositories.
    Raises `CommandError` for an entry that none of the sources is from.
    """
    given = [source.repo_url for source in sources if not source.chart]
    found: dict[str, Path] = {}
    for entry in local:
        names, root = _stands_for(entry)
        matching = {url: root for url in given if _repository(url) in {_repository(name) for name in names}}
        if not matching:
            raise CommandError(
                f"--local {entry}: no source is from {_listed(names) or 'it: the folder belongs to no Git repository'}",
                advice=f"The sources are from {_listed(given) or 'chart repositories'}; write --local URL=FOLDER.",
            )
        found |= matching
    return found


def _stands_for(entry: str) -> tuple[Sequence[str], Path]:
    url, equals, folder = entry.rpartition("=")
    if equals and ("://" in url or ":" in url.partition("/")[0]):
        return [url], _folder(folder)
    place = place_of(entry)
    return worktree.remotes(place.root), place.root


def _repository(url: str) -> str:
    """Return what two URLs of one repository have in common, whichever transport they name."""
    return urls.normalised(url).partition("://")[2].lower()


def _listed(found: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(urls.without_password(url) for url in found))


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise CommandError(f"{text} is not a folder")
    return folder.resolve()
