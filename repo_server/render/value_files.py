"""Where a value file or file parameter of a Helm source is: in the chart, its repository, another source, at a URL.

Comes in: `helm.valueFiles` as the user wrote them. Goes out: the files, in order of precedence, lowest first. Argo CD
2.18 to 2.21. Of files on disk, nothing outside of the repositories of the application's own sources can be named.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wcmatch import glob

from argosy.engine.model.source import HelmOptions
from argosy.gateways.tools.port import File
from repo_server.errors import Refused
from repo_server.git.address import scrub
from repo_server.render.job import Job
from repo_server.tree import Tree, parent, resolve

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(//)?")
_FETCHED = ("http", "https")
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
    def identity(self) -> tuple[str, ...]:
        return self.tree.name, self.tree.root, self.path


@dataclass(frozen=True)
class _Url:
    """A file that is fetched from a URL."""

    url: str

    @property
    def identity(self) -> tuple[str, ...]:
        return (self.url,)


async def value_files(job: Job, options: HelmOptions) -> list[File]:
    """Return the value files, globs expanded in place. Raises `Refused` for one that is missing or not allowed."""
    places = [_place(job, text) for text in options.value_files]
    explicit = {place.identity for place in places if isinstance(place, _Place) and not _WILDCARD.search(place.path)}
    chosen: dict[tuple[str, ...], _Place | _Url] = {}
    for place in places:
        for found in await _expanded(place, explicit, options):
            chosen.setdefault(found.identity, found)
    return [file for place in chosen.values() if (file := await _read(job, place, options)) is not None]


async def file_parameter(job: Job, path: str) -> File:
    """Return the file of a file parameter. Raises `Refused` if it is missing or not allowed."""
    match _place(job, path):
        case _Url(url=url):
            return File(path=path, content=await job.elsewhere.file(url))
        case _Place() as place:
            contents = await place.tree.read([place.path], limit=job.limits.tool_bytes)
            return File(path=place.text, content=contents[place.path])


def _place(job: Job, text: str) -> _Place | _Url:
    """Find the root and path that a text means; a reference to a source goes before the build environment."""
    match = _REFERENCE.fullmatch(text)
    if match is not None and match["name"] in job.refs:
        return _checked(job.refs[match["name"]], "", job.variables.substitute(match["path"] or ""), text)
    path = job.variables.substitute(text)
    if url := _SCHEME.match(path):
        return _url(job, text, path, scheme=url["scheme"].lower())
    if path.startswith("/"):
        return _checked(job.tree, "", path.lstrip("/"), text)
    return _checked(job.tree, job.path, path, text)


def _url(job: Job, text: str, url: str, *, scheme: str) -> _Url:
    allowed = [name for name in job.settings.value_files_schemes if name in _FETCHED]
    if scheme not in allowed:
        raise Refused(
            "render_failed",
            f"value file {scrub(text)!r}: {scheme!r} URLs are not allowed; allowed by helm.valuesFileSchemes and "
            f"spoken here: {', '.join(allowed) or 'none'}",
        )
    return _Url(url=url)


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


async def _expanded(
    place: _Place | _Url, explicit: set[tuple[str, ...]], options: HelmOptions
) -> Iterable[_Place | _Url]:
    if isinstance(place, _Url) or not _WILDCARD.search(place.path):
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


async def _read(job: Job, place: _Place | _Url, options: HelmOptions) -> File | None:
    if isinstance(place, _Url):
        return File(path=scrub(place.url), content=await job.elsewhere.file(place.url))
    if options.ignore_missing_value_files and await place.tree.find(place.path) is None:
        return None
    contents = await place.tree.read([place.path], limit=job.limits.tool_bytes)
    return File(path=place.path, content=contents[place.path])
