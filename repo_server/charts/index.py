"""The `index.yaml` of a chart repository -> the versions of each chart, kept small. Called by `http_charts`."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from argosy.wire.repo_server import Maintainer
from repo_server.charts import sieve
from repo_server.errors import Refused

_LONGEST_TEXT = 4096
_LARGE = 256 * 1024
_PIECE = 512 * 1024


class ChartVersion(msgspec.Struct, frozen=True, gc=False):
    """One version of a chart: where its archive is (absolute or relative to the repository) and its SHA-256 in hex."""

    version: str
    urls: tuple[str, ...] = ()
    digest: str | None = ""
    description: str | None = ""
    home: str | None = ""
    maintainers: tuple[Maintainer, ...] | None = ()


Index = Mapping[str, tuple[ChartVersion, ...]]
"""The versions of each chart, in the order of the file."""


async def parse(content: bytes, *, tools: Tools, name: str) -> Index:
    """Read an index; `name` is its URL, for messages. Raises `Refused` or a `ToolError`."""
    shared: dict[object, object] = {}
    if len(content) > _LARGE:
        pieces = await asyncio.to_thread(sieve.pieces, content, size=_PIECE)
        if pieces is not None and (read := await _in_pieces(pieces, tools, shared)) is not None:
            return read
    entries = await _entries(content, tools)
    if isinstance(entries, UnreadableFile):
        raise Refused("render_failed", f"{name}, line {entries.line}: {entries.message}")
    if entries is None:
        raise Refused("render_failed", f"{name} is not the index of a chart repository: it has no entries")
    return _charts(entries, shared)


async def _in_pieces(pieces: Sequence[bytes], tools: Tools, shared: dict[object, object]) -> Index | None:
    """Read the pieces of an index, one after another; None if one cannot be, which the whole text may explain."""
    charts: dict[str, tuple[ChartVersion, ...]] = {}
    for piece in pieces:
        entries = await _entries(piece, tools)
        if entries is None or isinstance(entries, UnreadableFile):
            return None
        charts |= _charts(entries, shared)
    return charts


async def _entries(content: bytes, tools: Tools) -> Mapping[str, Any] | UnreadableFile | None:
    (answer,) = await tools.yaml([File(path="index.yaml", content=content)])
    match answer:
        case ReadFile(documents=documents):
            entries = documents[0].manifest.get("entries") if documents else None
            return entries if isinstance(entries, Mapping) else None
        case UnreadableFile():
            return answer


def _charts(entries: Mapping[str, Any], shared: dict[object, object]) -> dict[str, tuple[ChartVersion, ...]]:
    return {
        str(chart): tuple(_versions(versions, shared))
        for chart, versions in entries.items()
        if isinstance(versions, list)
    }


def _versions(entries: list[Any], shared: dict[object, object]) -> list[ChartVersion]:
    """Return the versions that can be used; Helm too passes over entries that it cannot read.

    Of one version listed twice the first counts, as with Helm. What many versions say alike is kept once (`shared`).
    """
    versions: dict[str, ChartVersion] = {}
    for entry in entries:
        try:
            read = msgspec.convert(entry, ChartVersion, strict=False)
        except (msgspec.ValidationError, RecursionError):
            continue
        kept = ChartVersion(
            version=read.version,
            urls=read.urls[:1],
            digest=read.digest or "",
            description=_once((read.description or "")[:_LONGEST_TEXT], shared),
            home=_once((read.home or "")[:_LONGEST_TEXT], shared),
            maintainers=_once(read.maintainers or (), shared),
        )
        versions.setdefault(kept.version, kept)
    return list(versions.values())


def _once(value: Any, shared: dict[object, object]) -> Any:
    return shared.setdefault(value, value)
