"""The `index.yaml` of a folder of packed charts, as Helm writes it. Pure. Called by `argosy chart index`.

Comes in: what each archive holds, and the indexes that were there before. Goes out: the index. An archive that has not
changed keeps its date, so that indexing a folder again changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from argosy.engine import versions
from argosy.gateways.tools.port import ChartMetadata

Index = Mapping[str, Any]
"""An index as JSON: `entries` are lists of versions by the chart's name."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A packed chart: its `Chart.yaml`, the SHA-256 of the file in hex, and the URL that it will be served at."""

    metadata: ChartMetadata
    digest: str
    url: str


def index(archives: Sequence[Archive], *, before: Index, merge: Index, now: str) -> Index:
    """Return the index of some archives; `now` is the date (RFC 3339) of what is new.

    `before` is the index that it replaces, from which dates are kept; `merge` one whose versions are kept where no
    archive has the same name and version, as with `helm repo index --merge`.
    """
    dates = {entry.get("digest"): entry.get("created") for entry in (*_all(merge), *_all(before))}
    found = [_entry(archive, created=dates.get(archive.digest) or now) for archive in archives]
    known = {_identity(entry) for entry in found}
    found += [entry for entry in _all(merge) if _identity(entry) not in known]
    entries: dict[str, list[Mapping[str, Any]]] = {}
    for entry in found:
        entries.setdefault(str(entry.get("name")), []).append(entry)
    result = {"apiVersion": "v1", "entries": {name: _sorted(entries[name]) for name in sorted(entries)}}
    unchanged = result["entries"] == before.get("entries")
    return {**result, "generated": before.get("generated", now) if unchanged else now}


def _entry(archive: Archive, *, created: str) -> Mapping[str, Any]:
    return {
        **msgspec.json.decode(msgspec.json.encode(archive.metadata)),
        "created": created,
        "digest": archive.digest,
        "urls": [archive.url],
    }


def _all(index: Index) -> Iterator[Mapping[str, Any]]:
    for entries in (index.get("entries") or {}).values():
        yield from entries


def _identity(entry: Mapping[str, Any]) -> tuple[str, str]:
    return str(entry.get("name")), str(entry.get("version"))


def _sorted(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    by_version = {str(entry.get("version")): entry for entry in entries}
    return [by_version[version] for version in versions.newest_first(by_version)]
