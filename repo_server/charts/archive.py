"""A packed chart (.tgz) -> its files in memory. Nothing is written to disk, and only regular files are taken.

Links, devices and names that lead out refuse the whole archive: a chart has no use for them. Called by
`charts.repository`, in a thread.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from repo_server.errors import Refused
from repo_server.tree import Node, Tree, resolve

_MOST_FILES = 20_000
_LONGEST_NAME = 1024


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An unpacked chart as a `Store` of a tree. Identities begin with the archive's digest, so they name contents."""

    directories: Mapping[str, Mapping[str, Node]]
    files: Mapping[str, bytes]

    async def directory(self, identity: str) -> Mapping[str, Node]:
        """Return the entries of a directory by name."""
        return self.directories[identity]

    async def contents(self, identities: Sequence[str], *, limit: int) -> list[bytes]:
        """Return the bytes of files, in order. Raises `Refused` if they are more than `limit` bytes together."""
        found = [self.files[identity] for identity in identities]
        total = sum(map(len, found))
        if total > limit:
            raise Refused("limit_exceeded", f"the files to be read hold {total:,} bytes; the limit is {limit:,} bytes")
        return found


def unpack(content: bytes, *, digest: str, name: str, limit: int) -> Tree:
    """Return the files of a packed chart, at most `limit` bytes. Raises `Refused` for an archive that is not sound."""
    try:
        unpacked = _inflate(content, name=name, limit=limit)
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            store = _store(dict(_members(archive, name)), digest)
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError) as error:
        raise Refused("render_failed", f"{name} is not a packed chart ({error})") from error
    return Tree(store=store, root=f"{digest}:", name=name)


def _inflate(content: bytes, *, name: str, limit: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        unpacked = stream.read(limit + 1)
    if len(unpacked) > limit:
        raise Refused("limit_exceeded", f"{name} unpacks to more than the limit of {limit:,} bytes")
    return unpacked


def _members(archive: tarfile.TarFile, name: str) -> Iterator[tuple[str, bytes]]:
    for count, member in enumerate(archive):
        if count >= _MOST_FILES:
            raise Refused("limit_exceeded", f"{name} holds more than {_MOST_FILES:,} files")
        if member.isdir():
            continue
        path = _path(member.name)
        if path is None or not member.isreg() or member.issparse():
            raise Refused(
                "render_failed", f"{name} holds {member.name[:100]!r}, which is not a plain file inside a chart"
            )
        stream = archive.extractfile(member)
        assert stream is not None
        yield path, stream.read()


def _path(name: str) -> str | None:
    """Return the path inside the chart: what follows the first folder, which is named for the chart."""
    if len(name) > _LONGEST_NAME or "\\" in name or ":" in name or ".." in name.split("/"):
        return None
    whole = resolve("", name)
    return whole.partition("/")[2] or None if whole else None


def _store(members: Mapping[str, bytes], digest: str) -> Archive:
    directories: dict[str, dict[str, Node]] = {f"{digest}:": {}}
    for path in members:
        folder = ""
        *folders, name = path.split("/")
        for component in folders:
            inner = f"{folder}/{component}".removeprefix("/")
            node = Node(kind="directory", identity=f"{digest}:{inner}")
            if directories[f"{digest}:{folder}"].setdefault(component, node).kind != "directory":
                raise ValueError(f"{inner} is both a file and a folder")
            directories.setdefault(node.identity, {})
            folder = inner
        if (
            directories[f"{digest}:{folder}"].setdefault(name, Node(kind="file", identity=f"{digest}:{path}")).kind
            != "file"
        ):
            raise ValueError(f"{path} is both a file and a folder")
    return Archive(directories=directories, files={f"{digest}:{path}": content for path, content in members.items()})
