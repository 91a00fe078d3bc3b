"""Options that a repository sets for its own applications: `.argocd-source.yaml` files -> a source. Argo CD 2.49.

Comes in: the source as the application has it, and its folder. Goes out: the source that is rendered. First the file
for all, then the one named for the application, each a JSON merge patch (RFC 7386) on the source; where the source is
cannot be changed from within. Called by `render.source` before anything else is decided.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from argosy.engine.model.source import Source
from repo_server.errors import Refused
from repo_server.render.parsed import Parsed
from repo_server.tree import Tree, join

_FIXED = ("repoURL", "path", "chart", "targetRevision")
_LARGEST = 1024 * 1024


async def merged(source: Source, tree: Tree, folder: str, *, application: str, parsed: Parsed) -> Source:
    """Return the source with the overrides of its folder. Raises `Refused` for one that cannot be used."""
    for name in (".argocd-source.yaml", f".argocd-source-{application}.yaml"):
        entry = await tree.find(join(folder, name))
        if entry is not None and entry.node.kind == "file":
            contents = await tree.read([entry.path], limit=_LARGEST)
            content = contents[entry.path]
            patch = await parsed.document(entry.path, content, identity=entry.node.identity)
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
