"""Reads the packed charts of a folder and writes its index. Called by `argosy chart index`."""

import hashlib
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from argosy.cli.errors import CommandError
from argosy.cli.offline import charts
from argosy.cli.reading import read_text
from argosy.gateways.tools.port import File, PackedChart, UnreadableChart
from argosy.wire import yaml_text
from repo_server.errors import Refused
from repo_server.local import chart
from repo_server.local.index import Archive, Index, index
from repo_server.local.offline import Workshop

_READABLE = 0o644


@dataclass(frozen=True, kw_only=True)
class Written:
    """The index file, whether it is another than before, and how many archives are in it."""

    file: Path
    changed: bool
    charts: int


def write(folder: str, environment: Mapping[str, str], *, url: str, merge: str | None) -> Written:
    """Write the index of a folder. Raises `CommandError` for an archive that is no chart."""
    root = Path(folder)
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise CommandError(f"--url {url} is no URL of a web server", advice="Write it as https://charts.example.org.")
    if not root.is_dir():
        raise CommandError(f"{folder} is not a folder")
    paths = sorted(path for pattern in ("*.tgz", "*/*.tgz") for path in root.glob(pattern) if path.is_file())

    async def read(workshop: Workshop) -> list[Archive]:
        return [await _archive(path, _served(url, path.relative_to(root).as_posix()), workshop) for path in paths]

    file = root / "index.yaml"
    before = read_text(str(file)) if file.is_file() else ""
    made = index(
        charts.done(read, environment),
        before=_index(before, str(file)),
        merge=_index(read_text(merge), merge) if merge else {},
        now=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    )
    after = yaml_text.dump(made)
    if after != before:
        _replace(file, after)
    return Written(file=file, changed=after != before, charts=len(paths))


async def _archive(path: Path, url: str, workshop: Workshop) -> Archive:
    content = chart.content(path, limit=workshop.chart_bytes)
    (answer,) = await workshop.tools.packed_charts([File(path=path.name, content=content)])
    match answer:
        case PackedChart(metadata=metadata):
            return Archive(metadata=metadata, digest=hashlib.sha256(content).hexdigest(), url=url)
        case UnreadableChart(message=message):
            raise Refused("render_failed", f"{path} is no packed chart: {message}")


def _served(url: str, path: str) -> str:
    return f"{url.rstrip('/')}/{quote(path)}" if url else quote(path)


def _index(text: str, name: str) -> Index:
    """Read an index; nothing if there is none. Raises `CommandError`."""
    try:
        documents: list[Any] = yaml_text.load_all(text)
    except yaml_text.YamlError as error:
        raise CommandError(f"{name}: {error}") from error
    if not documents:
        return {}
    if not _is_index(documents[0]):
        raise CommandError(f"{name} is not the index of a chart repository")
    return documents[0]


def _is_index(document: Any) -> bool:
    entries = document.get("entries") if isinstance(document, Mapping) else None
    return isinstance(entries, Mapping) and all(
        isinstance(versions, list) and all(isinstance(version, Mapping) for version in versions)
        for versions in entries.values()
    )


def _replace(file: Path, text: str) -> None:
    """Put a text in a file's place at once, so that whoever serves the folder never serves half of it."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".index-", encoding="utf-8", delete=False) as made:
        made.write(text)
        os.fchmod(made.fileno(), _READABLE)
    Path(made.name).replace(file)
