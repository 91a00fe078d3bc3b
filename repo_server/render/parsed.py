"""YAML files of repositories that we have to understand ourselves, each content read once. Called by the renderers."""

import hashlib
from collections.abc import Mapping
from typing import Any

from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from repo_server.errors import Refused
from repo_server.recent import Recent

_REMEMBERED = 2000
_LARGEST_REMEMBERED = 64 * 1024


class Parsed:
    """Reads files by the tool worker, and remembers the small ones by their content."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._known: Recent[bytes, Mapping[str, Any]] = Recent(most=_REMEMBERED)

    async def document(self, path: str, content: bytes) -> Mapping[str, Any]:
        """Return the first document of a file, or nothing. Raises `Refused` with the line, or a `ToolError`."""
        identity = hashlib.sha256(content).digest()
        if (known := self._known.get(identity)) is not None:
            return known
        (answer,) = await self._tools.yaml([File(path=path, content=content)])
        match answer:
            case ReadFile(documents=documents):
                found = documents[0].manifest if documents else {}
            case UnreadableFile(line=line, message=message):
                raise Refused("render_failed", f"{path}, line {line}: {message}")
        return self._known.put(identity, found) if len(content) <= _LARGEST_REMEMBERED else found
