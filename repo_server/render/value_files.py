"""Where a value file or file parameter of a Helm source is: in the chart, in the repository, or in another source.

Comes in: `helm.valueFiles` as the user wrote them. Goes out: the files, in order of precedence, lowest first. Argo CD
2.18 to 2.21. Nothing outside of the repositories of the application's own sources can be named.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wcmatch import glob

from argosy.engine.model.source import HelmOptions
from argosy.gateways.tools.port import File
from repo_server.errors import Refused
from repo_server.render.job import Job
from repo_server.tree import Tree, join, parent, resolve

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//)?")
_WILDCARD = re.compile(r"[*?\[]")
_REFERENCE = re.compile(r"\$(?P<name>[A-Za-z0-9_-]+)(?:/(?P<path>.*))?", re.DOTALL)
_GLOB_FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.FORCEUNIX


@dataclass(frozen=True)
class _Place:
    """A file by its tree and path; `text` is what the user wrote."""

    tree: Tree
    path: str
    text: str

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.tree.name, self.tree.root, self.path


async def value_files(job: Job, options: HelmOptions) -> list[File]:
    """Return the value files, globs expanded in place. Raises `Refused` for one that is missing or not allowed."""
    places = [_place(job, text) for text in options.value_files]
    explicit = {place.identity for place in places if not _WILDCARD.search(place.path)}
    chosen: dict[tuple[str, str, str], _Place] = {}
    for place in places:
        for found in await _expanded(place, explicit, options):
            chosen.setdefault(found.identity, found)
    return [file for place in chosen.values() if (file := await _read(job, place, options)) is not None]


async def file_parameter(job: Job, path: str) -> File:
    """Return the file of a file parameter. Raises `Refused` if it is missing or not allowed."""
    place = _place(job, path)
    contents = await place.tree.read([place.path], limit=job.limits.tool_bytes)
    return File(path=place.text, content=contents[place.path])


def _place(job: Job, text: str) -> _Place:
    """Find the root and path that a text means; a reference to a source goes before the build environment."""
    match = _REFERENCE.fullmatch(text)
    if match is not None and match["name"] in job.refs:
        return _checked(job.refs[match["name"]], "", job.variables.substitute(match["path"] or ""), text)
    path = job.variables.substitute(text)
    if _SCHEME.match(path):
        raise Refused(
            "render_failed", f"value file {text!r}: files from a URL are not fetched yet; put it in a repository"
        )
    if path.startswith("/"):
        return _checked(job.tree, "", path.lstrip("/"), text)
    return _checked(job.tree, job.path, path, text)


def _checked(tree: Tree, folder: str, path: str, text: str) -> _Place:
    resolved = resolve(folder, path)
    if not path:
        raise Refused(
            "render_failed",
            f"value file {text!r} names no file; is it a variable or a source's ref that does not exist?",
        )
    if resolved is None:
        raise Refused("render_failed", f"value file {text!r} leads out of the repository")
    return _Place(tree=tree, path=resolved, text=text)


async def _expanded(place: _Place, explicit: set[tuple[str, str, str]], options: HelmOptions) -> Iterable[_Place]:
    if not _WILDCARD.search(place.path):
        return [place]
    literal = parent(place.path[: _first_wildcard(place.path)])
    found = [
        _Place(tree=place.tree, path=path, text=path)
        async for path, node in place.tree.walk(literal, hidden=True)
        if node.kind in ("file", "link") and glob.globmatch(path, place.path, flags=_GLOB_FLAGS)
    ]
    if not found and not options.ignore_missing_value_files:
        raise Refused("render_failed", f'values file glob "{place.text}" matched no files')
    return [match for match in sorted(found, key=lambda match: match.path) if match.identity not in explicit]


def _first_wildcard(path: str) -> int:
    match = _WILDCARD.search(path)
    return match.start() if match else len(path)


async def _read(job: Job, place: _Place, options: HelmOptions) -> File | None:
    if options.ignore_missing_value_files and await place.tree.find(place.path) is None:
        return None
    entry = await place.tree.demand(place.path, kind="file")
    (content,) = await place.tree.store.contents([entry.node.identity], limit=job.limits.tool_bytes)
    return File(path=join("", place.path), content=content)
