"""Which files of an application's folder are read as manifests. Argo CD 2.7 to 2.9. Called by `directory`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from argosy.engine.model.source import DirectoryOptions
from argosy.gateways.tools.errors import ToolLimit
from argosy.gateways.tools.port import Glob
from argosy.gateways.tools.scripts import Answered, Declined
from repo_server.errors import Refused
from repo_server.render.job import Job
from repo_server.tree import Node, join

_MANIFEST = re.compile(r".*\.(yaml|yml|json|jsonnet)", re.DOTALL)


@dataclass(frozen=True)
class Selection:
    """The files to read, by their paths in the tree, in the order of their names; and what is odd about the choice."""

    paths: list[str]
    warnings: tuple[str, ...]


async def select(job: Job) -> Selection:
    """Choose the files. Raises `Refused` or a `ToolError`."""
    options = job.source.directory or DirectoryOptions()
    if options.recurse:
        walk = job.tree.walk(job.path, hidden=job.settings.hidden_directories)
        found = {path.removeprefix(f"{job.path}/"): node async for path, node in walk}
    else:
        found = dict(await job.tree.children(job.path))
    likely = [path for path, node in found.items() if node.kind in ("file", "link") and _is_likely(path, job, options)]
    globs = await _matched(job, options, likely)
    marked = zip(likely, globs.included, globs.excluded, strict=True)
    chosen = [path for path, included, excluded in marked if included and not excluded]
    files = [path for path in chosen if await _is_file(job, path, found[path])]
    return Selection(paths=[join(job.path, path) for path in sorted(files)], warnings=globs.warnings)


def is_jsonnet(path: str) -> bool:
    """Say whether a file is evaluated, and not read."""
    return path.endswith(".jsonnet")


def _is_likely(path: str, job: Job, options: DirectoryOptions) -> bool:
    if is_jsonnet(path) and not job.settings.jsonnet:
        return False
    return options.disable_extension_filter or _MANIFEST.fullmatch(path) is not None


@dataclass(frozen=True)
class _Globs:
    """Which of the paths are included and which excluded, in their order."""

    included: Sequence[bool]
    excluded: Sequence[bool]
    warnings: tuple[str, ...] = ()


async def _matched(job: Job, options: DirectoryOptions, paths: Sequence[str]) -> _Globs:
    everything, nothing = [True] * len(paths), [False] * len(paths)
    if not paths or not (options.include or options.exclude):
        return _Globs(everything, nothing)
    texts = tuple(paths)
    asked = [Glob(pattern=pattern, texts=texts) for pattern in (options.include or "**", options.exclude or "")]
    try:
        included, excluded = await job.tools.match(asked)
    except ToolLimit as limit:
        raise Refused("limit_exceeded", f"spec.source.directory.include or exclude: {limit}") from limit
    warnings = [
        f"directory.{name} {pattern!r} matches nothing: it is no glob: {answer.message}"
        for name, pattern, answer in (("include", options.include, included), ("exclude", options.exclude, excluded))
        if isinstance(answer, Declined)
    ]
    return _Globs(_answer("include", included, nothing), _answer("exclude", excluded, nothing), tuple(warnings))


def _answer(name: str, answer: Answered[tuple[bool, ...]] | Declined, nothing: Sequence[bool]) -> Sequence[bool]:
    """Return which paths match; one that is malformed matches nothing, as in Argo CD."""
    match answer:
        case Answered(value=value):
            return value
        case Declined(limit=None):
            return nothing
        case Declined(message=message):
            raise Refused("limit_exceeded", f"spec.source.directory.{name}: {message}")


async def _is_file(job: Job, path: str, node: Node) -> bool:
    """Say whether a path leads to a file; folders behind symbolic links are not entered, as in Argo CD."""
    if node.kind == "link":
        entry = await job.tree.find(join(job.path, path))
        # A link to nothing stays in, so that reading it says so.
        return entry is None or entry.node.kind == "file"
    return True
