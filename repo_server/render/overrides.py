"""Options that a repository sets for its own applications: `.argocd-source.yaml` files -> a source. Argo CD 2.49.

Comes in: the source as the application has it, and its folder. Goes out: the source that is rendered. First the file
for all, then the one named for the application, each a JSON merge patch (RFC 7386) on the source; where the source is
cannot be changed from within. Called by `render.source` before anything else is decided.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from argosy.engine.model.source import Source
from repo_server.errors import Refused
from repo_server.render.parsed import Parsed
from repo_server.tree import Tree

_FIXED = ("repoURL", "path", "chart", "targetRevision")
_LARGEST = 1024 * 1024


def files(names: Collection[str], *, application: str) -> list[str]:
    """Return which of the names in a folder are overrides for an application, in the order in which they count."""
    wanted = (".argocd-source.yaml", f".argocd-source-{application}.yaml")
    return [name for name in wanted if name in names]


async def merged(source: Source, tree: Tree, paths: Iterable[str], *, parsed: Parsed) -> Source:
    """Return the source with the overrides in these files. Raises `Refused` for one that cannot be used."""
    for path in paths:
        entry = await tree.find(path)
        if entry is not None and entry.node.kind == "file":
            contents = await tree.read([entry.path], limit=_LARGEST)
            content = contents[entry.path]
            patch = await parsed.document(entry.path, content)
            source = _patched(source, patch, file=entry.path)
    return source


def _patched(source: Source, patch: Mapping[str, Any], *, file: str) -> Source:
    wanted = {name: value for name, value in patch.items() if name not in _FIXED}
    try:
        return msgspec.convert(_merge(msgspec.to_builtins(source), wanted), Source)
    except msgspec.ValidationError as error:
        raise Refused("render_failed", f"{file} does not fit a source: {error}") from error


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merge(result.get(name), value)
    return result
