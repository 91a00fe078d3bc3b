"""The `index.yaml` of a chart repository -> the versions of each chart, kept small. Called by `http_charts`."""

import asyncio
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from argosy.gateways.tools.port import File, ReadFile, Tools, UnreadableFile
from argosy.wire.repo_server import Maintainer
from repo_server.charts import sieve
from repo_server.errors import Refused
from repo_server.recent import Recent

_LONGEST_TEXT = 4096
_MOST_UNPACKED = 8
_MOST_VERSIONS = 2000
_LARGE = 256 * 1024
_PIECE = 512 * 1024


class ChartVersion(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One version of a chart: where its archive is (absolute or relative to the repository) and its SHA-256 in hex."""

    version: str
    urls: tuple[str, ...] = ()
    digest: str | None = ""
    description: str | None = ""
    home: str | None = ""
    maintainers: tuple[Maintainer, ...] | None = ()


_VERSIONS = msgspec.msgpack.Decoder(tuple[ChartVersion, ...])


class Index(Mapping[str, tuple[ChartVersion, ...]]):
    """The versions of each chart, in the order of the file; packed into `size` bytes, unpacked when asked for.

    Those of a few charts stay unpacked: applications of one chart ask for them one after another.
    """

    def __init__(self, packed: Mapping[str, bytes]) -> None:
        self._packed = packed
        self._unpacked: Recent[str, tuple[ChartVersion, ...]] = Recent(
            most=_MOST_UNPACKED, weigh=len, heaviest=_MOST_VERSIONS
        )
        self.size = sum(len(name) + len(versions) for name, versions in packed.items())

    def __getitem__(self, chart: str) -> tuple[ChartVersion, ...]:
        """Return the versions of a chart."""
        return self._unpacked.of(chart, lambda: _VERSIONS.decode(zlib.decompress(self._packed[chart])))

    def __contains__(self, chart: object) -> bool:
        """Say whether there is a chart, without unpacking it."""
        return chart in self._packed

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the charts."""
        return iter(self._packed)

    def __len__(self) -> int:
        """Return the number of charts."""
        return len(self._packed)


async def parse(content: bytes, *, tools: Tools, name: str) -> Index:
    """Read an index; `name` is its URL, for messages. Raises `Refused` or a `ToolError`."""
    if len(content) > _LARGE:
        pieces = await asyncio.to_thread(sieve.pieces, content, size=_PIECE)
        if pieces is not None and (read := await _in_pieces(pieces, tools)) is not None:
            return read
    entries = await _entries(content, tools)
    if isinstance(entries, UnreadableFile):
        raise Refused("render_failed", f"{name}, line {entries.line}: {entries.message}")
    if entries is None:
        raise Refused("render_failed", f"{name} is not the index of a chart repository: it has no entries")
    return Index(_charts(entries))


async def _in_pieces(pieces: Sequence[bytes], tools: Tools) -> Index | None:
    """Read the pieces of an index, one after another; None if one cannot be, which the whole text may explain."""
    charts: dict[str, bytes] = {}
    for piece in pieces:
        entries = await _entries(piece, tools)
        if entries is None or isinstance(entries, UnreadableFile):
            return None
        charts |= _charts(entries)
    return Index(charts)


async def _entries(content: bytes, tools: Tools) -> Mapping[str, Any] | UnreadableFile | None:
    (answer,) = await tools.yaml([File(path="index.yaml", content=content)])
    match answer:
        case ReadFile(documents=documents):
            entries = documents[0].manifest.get("entries") if documents else None
            return entries if isinstance(entries, Mapping) else None
        case UnreadableFile():
            return answer


def _charts(entries: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        str(chart): zlib.compress(msgspec.msgpack.encode(_versions(versions)), 1)
        for chart, versions in entries.items()
        if isinstance(versions, list)
    }


def _versions(entries: list[Any]) -> list[ChartVersion]:
    """Return the versions that can be used; Helm too passes over entries that it cannot read.

    Of one version listed twice the first counts, as with Helm.
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
            description=(read.description or "")[:_LONGEST_TEXT],
            home=(read.home or "")[:_LONGEST_TEXT],
            maintainers=read.maintainers or (),
        )
        versions.setdefault(kept.version, kept)
    return list(versions.values())
