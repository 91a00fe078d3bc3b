"""The `index.yaml` of a chart repository -> the versions of each chart."""

from collections.abc import Mapping
from typing import Any

import msgspec

from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from repo_server.errors import Refused


class ChartVersion(msgspec.Struct, frozen=True, gc=False):
    """One version of a chart: where its archive is (absolute or relative to the repository) and its SHA-256 in hex."""

    version: str
    urls: tuple[str, ...] = ()
    digest: str = ""
    description: str = ""
    home: str = ""


Index = Mapping[str, tuple[ChartVersion, ...]]
"""The versions of each chart, in the order of the file."""


async def parse(content: bytes, *, tools: Tools, name: str) -> Index:
    """Read an index; `name` is its URL, for messages. Raises `Refused` or a `ToolError`."""
    (answer,) = await tools.yaml([File(path="index.yaml", content=content)])
    match answer:
        case ReadFile(documents=documents):
            entries = documents[0].manifest.get("entries") if documents else None
        case UnreadableFile(line=line, message=message):
            raise Refused("render_failed", f"{name}, line {line}: {message}")
    if not isinstance(entries, Mapping):
        raise Refused("render_failed", f"{name} is not the index of a chart repository: it has no entries")
    return {chart: tuple(_versions(versions)) for chart, versions in entries.items() if isinstance(versions, list)}


def _versions(entries: list[Any]) -> list[ChartVersion]:
    """Return the versions that can be used; Helm too passes over entries that it cannot read."""
    versions: list[ChartVersion] = []
    for entry in entries:
        try:
            versions.append(msgspec.convert(entry, ChartVersion, strict=False))
        except msgspec.ValidationError:
            continue
    return versions
