"""Options that a repository sets for its own applications: `.argocd-source.yaml` files -> a source. Argo CD 2.49.

Comes in: the source as the application has it, and its folder. Goes out: the source that is rendered. First the file
for all, then the one named for the application, each a JSON merge patch (RFC 7386) on the source; where the source is
cannot be changed from within. Called by `render.source` before anything else is decided.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec

from argosy.engine.model.source import Source
from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from repo_server.errors import Refused
from repo_server.tree import Entry, Tree, join

_FIXED = ("repoURL", "path", "chart", "targetRevision")
_LARGEST = 1024 * 1024
_REMEMBERED = 1000


class Overrides:
    """Reads the files, each content once."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._read: OrderedDict[str, Mapping[str, Any]] = OrderedDict()

    async def merged(self, source: Source, tree: Tree, folder: str, *, application: str) -> Source:
        """Return the source with the overrides of its folder. Raises `Refused` for one that cannot be used."""
        names = (".argocd-source.yaml", f".argocd-source-{application}.yaml")
        found = [entry for name in names if (entry := await tree.find(join(folder, name))) is not None]
        for entry in found:
            if entry.node.kind == "file":
                source = _patched(source, await self._patch(tree, entry), file=entry.path)
        return source

    async def _patch(self, tree: Tree, entry: Entry) -> Mapping[str, Any]:
        identity = entry.node.identity
        if identity not in self._read:
            self._read[identity] = await self._parsed(tree, entry)
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        self._read.move_to_end(identity)
        return self._read[identity]

    async def _parsed(self, tree: Tree, entry: Entry) -> Mapping[str, Any]:
        contents = await tree.read([entry.path], limit=_LARGEST)
        (answer,) = await self._tools.yaml([File(path=entry.path, content=contents[entry.path])])
        match answer:
            case ReadFile(documents=documents):
                return documents[0].manifest if documents else {}
            case UnreadableFile(line=line, message=message):
                raise Refused("render_failed", f"{entry.path}, line {line}: {message}")


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
