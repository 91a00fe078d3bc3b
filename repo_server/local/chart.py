"""A chart on this machine, an unpacked folder or a packed file, as the tools take it. Called by `argosy chart`."""

from pathlib import Path

from argosy.gateways.tools.port import ChartArchive, ChartFiles, File
from repo_server.errors import Refused
from repo_server.local import folder
from repo_server.tree import join

_DEFINITION = "Chart.yaml"


async def unpacked(root: Path, path: str, *, limit: int) -> ChartFiles:
    """Return the chart in a folder of `root`, which links may lead to, at most `limit` bytes. Raises `Refused`."""
    with folder.opened(root) as (tree, _):
        if await tree.find(join(path, _DEFINITION)) is None:
            raise Refused("path_not_found", f"folder {str(root / path)!r} is no chart: it has no {_DEFINITION}")
        names = await tree.files(path)
        contents = await tree.read(names, limit=limit)
    start = len(path) + 1 if path else 0
    return ChartFiles(files=tuple(File(path=name[start:], content=contents[name]) for name in names))


def packed(path: Path, *, limit: int) -> ChartArchive:
    """Return the chart in a file, at most `limit` bytes. Raises `Refused`."""
    return ChartArchive(content=content(path, limit=limit))


def content(path: Path, *, limit: int) -> bytes:
    """Return the bytes of a file. Raises `Refused` for more than `limit`, and for what cannot be read."""
    try:
        with path.open("rb") as file:
            found = file.read(limit + 1)
    except OSError as error:
        raise Refused("path_not_found", f"{str(path)!r} cannot be read: {error.strerror}") from error
    if len(found) > limit:
        raise Refused("limit_exceeded", f"{path} holds more than the limit of {limit:,} bytes")
    return found
