"""YAML files of repositories that we have to understand ourselves, each content read once. Called by the renderers."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from repo_server.errors import Refused

_REMEMBERED = 2000
_LARGEST_REMEMBERED = 64 * 1024


class Parsed:
    """Reads files by the tool worker, and remembers the small ones by their content."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._known: OrderedDict[bytes, Mapping[str, Any]] = OrderedDict()

    async def document(self, path: str, content: bytes) -> Mapping[str, Any]:
        """Return the first document of a file, or nothing. Raises `Refused` with the line, or a `ToolError`."""
        identity = hashlib.sha256(content).digest()
        if identity in self._known:
            self._known.move_to_end(identity)
            return self._known[identity]
        (answer,) = await self._tools.yaml([File(path=path, content=content)])
        match answer:
            case ReadFile(documents=documents):
                found = documents[0].manifest if documents else {}
            case UnreadableFile(line=line, message=message):
                raise Refused("render_failed", f"{path}, line {line}: {message}")
        if len(content) <= _LARGEST_REMEMBERED:
            self._known[identity] = found
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found
